"""What reports may cost: each web process computes one at a time, and a statement of it runs for some seconds only."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import BoundedSemaphore, Lock

from django.conf import settings

from .. import statement_limits
from ..exceptions import ReportsBusy, ReportTooSlow, StoreError

# For which one waits for the report before its own.
WAIT_SECONDS = 3


class Place:
    """Where one thread of this process computes at a time, while others wait for some seconds or are refused."""

    def __init__(self, refusal: type[StoreError]) -> None:
        self.refusal = refusal
        self.queue = BoundedSemaphore(settings.REPORT_PLACES)
        self.lock = Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Compute here, or raise the refusal."""
        if not self.queue.acquire(blocking=False):
            raise self.refusal
        with ExitStack() as stack:
            stack.callback(self.queue.release)
            if not self.lock.acquire(timeout=WAIT_SECONDS):
                raise self.refusal
            stack.callback(self.lock.release)
            yield


reports = Place(ReportsBusy)


@contextmanager
def statement_limit(using: str) -> Iterator[None]:
    """Have the database stop each statement after STORE_REPORT_SECONDS; raises ReportTooSlow then."""
    try:
        with statement_limits.statement_limit(using, settings.STORE_REPORT_SECONDS):
            yield
    except statement_limits.StatementTooSlow as error:
        raise ReportTooSlow from error
