"""Where a process computes what would hold the shop, one at a time."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import BoundedSemaphore, Lock

from .exceptions import StoreError


class Place:
    """A place for one thread of this process; a few others wait for some seconds, and the rest are refused."""

    def __init__(self, refusal: type[StoreError], *, threads: int, seconds: float) -> None:
        self.refusal, self.seconds = refusal, seconds
        self.queue = BoundedSemaphore(threads)
        self.lock = Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Compute here, or raise the refusal."""
        if not self.queue.acquire(blocking=False):
            raise self.refusal
        with ExitStack() as stack:
            stack.callback(self.queue.release)
            if not self.lock.acquire(timeout=self.seconds):
                raise self.refusal
            stack.callback(self.lock.release)
            yield
