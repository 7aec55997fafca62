"""What reports may cost: each web process computes one at a time, and a statement of it runs for some seconds only."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from .. import statement_limits
from ..exceptions import ReportsBusy, ReportTooSlow
from ..places import Place

# Seconds for which one waits for the report before its own.
WAIT_SECONDS = 3

reports = Place(ReportsBusy, threads=settings.REPORT_PLACES, seconds=WAIT_SECONDS)


@contextmanager
def statement_limit(using: str) -> Iterator[None]:
    """Have the database stop each statement after STORE_REPORT_SECONDS; raises ReportTooSlow then."""
    try:
        with statement_limits.statement_limit(using, settings.STORE_REPORT_SECONDS):
            yield
    except statement_limits.StatementTooSlow as error:
        raise ReportTooSlow from error
