import sqlite3
import time
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any, Self

from django.db import DataError
from django.db.backends.sqlite3 import base, operations

# Seconds; what Python's sqlite3 waits where the settings say nothing.
DEFAULT_TIMEOUT = 5.0
# A transaction of the shop holds the lock for some 2 ms. SQLite looks again after 1, 2, 5, 10 ms and more;
# this looks after a twentieth of what it has waited, within these bounds in seconds.
SHORTEST_PAUSE, LONGEST_PAUSE = 0.0002, 0.002
SHARE_OF_WAIT = 1 / 20
# What takes the write lock, unless a transaction has it.
WRITES = ("BEGIN IMMEDIATE", "INSERT", "UPDATE", "DELETE")
# From here on an amount with hundredths has more digits than the 15 that Django reads; a float tells 16.
LARGE = 1e13


class DatabaseOperations(operations.DatabaseOperations):
    def get_decimalfield_converter(self, expression: Any) -> Callable[..., Decimal | None]:
        """Return what reads a decimal, a large one too by all its digits."""
        convert = super().get_decimalfield_converter(expression)
        places = expression.output_field.decimal_places

        def convert_exactly(value: Any, expression: Any, connection: Any) -> Decimal | None:
            if value is None or places is None or abs(value) < LARGE:
                return convert(value, expression, connection)
            return Decimal(repr(value)).quantize(Decimal(1).scaleb(-places))

        return convert_exactly


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations

    def create_cursor(self, name: str | None = None) -> "Cursor":
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        cursor.timeout = self.settings_dict["OPTIONS"].get("timeout", DEFAULT_TIMEOUT)
        return cursor


class Cursor(base.SQLiteCursorWrapper):
    """Writes as soon as the writer before has ended."""

    timeout: float

    def execute(self, query: str, params: Any = None) -> Self:
        """Execute a statement; raises OperationalError where the lock is not free within the time-out."""
        if self.connection.in_transaction or not query.startswith(WRITES):
            return self._execute(query, params)
        self._let_sqlite_wait(0)
        try:
            return self._execute_when_free(query, params)
        finally:
            self._let_sqlite_wait(self.timeout)

    def _execute_when_free(self, query: str, params: Any) -> Self:
        # Here, below the cursors that Django wraps: each error that they raise is part of a cycle with its
        # cursor, and the thread that collects it may hold the lock for which that connection waits.
        started = time.monotonic()
        while True:
            try:
                return self._execute(query, params)
            except sqlite3.OperationalError as error:
                waited = time.monotonic() - started
                if waited >= self.timeout or not is_busy(error):
                    raise
            time.sleep(min(max(SHORTEST_PAUSE, waited * SHARE_OF_WAIT), LONGEST_PAUSE))

    def _execute(self, query: str, params: Any) -> Self:
        try:
            if isinstance(params, list | tuple):
                return sqlite3.Cursor.execute(self, with_question_marks(query), params)
            return super().execute(query, params)
        except OverflowError as error:
            # A whole number of more than 64 bits: to the other databases, too, that is an error in the data.
            raise DataError(*error.args) from error

    def _let_sqlite_wait(self, seconds: float) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")


@lru_cache(maxsize=1000)
def with_question_marks(query: str) -> str:
    """Return a statement with SQLite's placeholders, which Django converts again for every execution."""
    converted: str = base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")
    return converted


def is_busy(error: sqlite3.OperationalError) -> bool:
    """Tell whether another connection holds what was asked for."""
    # The lower byte is the code that the others say more of.
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
