"""Statements that the database itself stops after a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from time import monotonic
from typing import Any

from django.db import DatabaseError, connections, transaction

# Instructions of SQLite's machine between two looks at the clock.
STEPS = 10_000


class StatementTooSlow(Exception):
    """The database has stopped a statement."""


@contextmanager
def statement_limit(using: str, seconds: float) -> Iterator[None]:
    """Have the database stop each statement after some seconds; raises StatementTooSlow then."""
    begin = monotonic()
    try:
        with LIMITS[connections[using].vendor](using, seconds):
            yield
    except DatabaseError as error:
        # Each database and driver has an error of its own for it; InnoDB's index of words an unknown one.
        if monotonic() - begin >= seconds:
            raise StatementTooSlow from error
        raise


@contextmanager
def limit_on_sqlite(using: str, seconds: float) -> Iterator[None]:
    connections[using].ensure_connection()
    connection: Any = connections[using].connection
    end = monotonic() + seconds
    connection.set_progress_handler(lambda: monotonic() > end, STEPS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, STEPS)


@contextmanager
def limit_on_mysql(using: str, seconds: float) -> Iterator[None]:
    connection: Any = connections[using]
    wrappers = (each for each in connection.execute_wrappers if isinstance(each, MySQLLimit))
    # Of several prefixes MariaDB obeys the last, whichever is the smallest.
    if limit := next(wrappers, None):
        with limit.at_most(seconds):
            yield
        return
    # Asked before: a connection that is not open yet asks its server by a statement.
    limit = MySQLLimit(connection.mysql_is_mariadb, seconds)
    with connection.execute_wrapper(limit):
        yield


class MySQLLimit:
    """Writes a limit in seconds before each statement of a connection: the smallest of those that it is under."""

    def __init__(self, is_mariadb: bool, seconds: float) -> None:
        self.is_mariadb, self.seconds = is_mariadb, seconds

    @contextmanager
    def at_most(self, seconds: float) -> Iterator[None]:
        outer = self.seconds
        self.seconds = min(outer, seconds)
        try:
            yield
        finally:
            self.seconds = outer

    def __call__(self, execute: Any, sql: str, *args: Any) -> Any:
        # Of the statement, not of the session, which later requests have, too.
        if self.is_mariadb:
            return execute(f"SET STATEMENT max_statement_time = {self.seconds} FOR {sql}", *args)
        hint = f"SELECT /*+ MAX_EXECUTION_TIME({ceil(self.seconds * 1000)}) */"
        return execute(sql.replace("SELECT", hint, 1), *args)


@contextmanager
def limit_on_postgresql(using: str, seconds: float) -> Iterator[None]:
    # Of the transaction, not of the session, which a pool may give to others.
    with transaction.atomic(using), connections[using].cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {ceil(seconds * 1000)}")
        yield


LIMITS = {
    "sqlite": limit_on_sqlite,
    "mysql": limit_on_mysql,
    "postgresql": limit_on_postgresql,
}
