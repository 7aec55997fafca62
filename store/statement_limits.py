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
    # Asked before: a connection that is not open yet asks its server by a statement.
    is_mariadb = connection.mysql_is_mariadb

    def execute_limited(execute: Any, sql: str, *args: Any) -> Any:
        # Of the statement, not of the session, which later requests have, too.
        if is_mariadb:
            return execute(f"SET STATEMENT max_statement_time = {seconds} FOR {sql}", *args)
        hint = f"SELECT /*+ MAX_EXECUTION_TIME({ceil(seconds * 1000)}) */"
        return execute(sql.replace("SELECT", hint, 1), *args)

    with connection.execute_wrapper(execute_limited):
        yield


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
