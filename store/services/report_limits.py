"""What reports may cost: each web process computes one at a time, and a statement of it runs for some seconds only."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import BoundedSemaphore, Lock
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import OperationalError, connections, transaction

from ..exceptions import ReportsBusy, ReportTooSlow, StoreError

# For which one waits for the report before its own.
WAIT_SECONDS = 3
# Instructions of SQLite's machine between two looks at the clock.
STEPS = 10_000


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
    seconds: int = settings.STORE_REPORT_SECONDS
    begin = monotonic()
    try:
        with LIMITS[connections[using].vendor](using, seconds):
            yield
    except OperationalError as error:
        # Each database and driver has an error of its own for it.
        if monotonic() - begin >= seconds:
            raise ReportTooSlow from error
        raise


@contextmanager
def limit_on_sqlite(using: str, seconds: int) -> Iterator[None]:
    connections[using].ensure_connection()
    connection: Any = connections[using].connection
    end = monotonic() + seconds
    connection.set_progress_handler(lambda: monotonic() > end, STEPS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, STEPS)


@contextmanager
def limit_on_mysql(using: str, seconds: int) -> Iterator[None]:
    connection: Any = connections[using]

    def execute_limited(execute: Any, sql: str, *args: Any) -> Any:
        # Of the statement, not of the session, which later requests have, too.
        if connection.mysql_is_mariadb:
            return execute(f"SET STATEMENT max_statement_time = {seconds} FOR {sql}", *args)
        hint = f"SELECT /*+ MAX_EXECUTION_TIME({seconds * 1000}) */"
        return execute(sql.replace("SELECT", hint, 1), *args)

    with connection.execute_wrapper(execute_limited):
        yield


@contextmanager
def limit_on_postgresql(using: str, seconds: int) -> Iterator[None]:
    # Of the transaction, not of the session, which a pool may give to others.
    with transaction.atomic(using), connections[using].cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {seconds * 1000}")
        yield


LIMITS = {
    "sqlite": limit_on_sqlite,
    "mysql": limit_on_mysql,
    "postgresql": limit_on_postgresql,
}
