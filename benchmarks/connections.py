"""One connection to a database, for plain SQL: of the runner, and of the bare reference."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

Row = tuple[Any, ...]


class Database:
    """Runs statements written with `?` for a value; each commits by itself unless in a transaction."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.is_sqlite = parts.scheme == "sqlite"
        self.connection = CONNECT[parts.scheme](parts)

    def execute(self, statement: str, *values: Any) -> Any:
        cursor = self.connection.cursor()
        cursor.execute(statement if self.is_sqlite else percent_marks(statement), values)
        return cursor

    def rows(self, statement: str, *values: Any) -> list[Row]:
        return list(self.execute(statement, *values).fetchall())

    def value(self, statement: str, *values: Any) -> Any:
        return self.rows(statement, *values)[0][0]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is written within, or nothing of it."""
        # Taken at the start, the write lock of SQLite can be waited for.
        self.execute("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
        try:
            yield
        except BaseException:
            self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")

    def close(self) -> None:
        self.connection.close()


@cache
def percent_marks(statement: str) -> str:
    return statement.replace("?", "%s")


def connect_sqlite(parts: SplitResult) -> Any:
    connection = sqlite3.connect(
        parts.path.removeprefix("/"), timeout=30, isolation_level=None, check_same_thread=False
    )
    # As the shop has it.
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA cache_size=-16000")
    return connection


def connect_mariadb(parts: SplitResult) -> Any:
    import MySQLdb

    connection = MySQLdb.connect(
        host=parts.hostname,
        port=parts.port or 3306,
        user=parts.username,
        password=parts.password or "",
        database=parts.path.removeprefix("/"),
        charset="utf8mb4",
        autocommit=True,
    )
    connection.cursor().execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
    return connection


def connect_postgresql(parts: SplitResult) -> Any:
    import psycopg

    return psycopg.connect(parts.geturl(), autocommit=True)


CONNECT = {
    "sqlite": connect_sqlite,
    "mysql": connect_mariadb,
    "postgres": connect_postgresql,
}
