import sqlite3
import time

from django.db.backends.sqlite3 import base

# What SQLite's own waiting gives up after, where the settings say nothing, in seconds.
DEFAULT_TIMEOUT = 5.0
# A transaction of the shop holds the lock for some 2 ms. SQLite looks again after 1, 2, 5, 10 ms and more;
# this looks after a twentieth of what it has waited, within these bounds in seconds.
SHORTEST_PAUSE, LONGEST_PAUSE = 0.0002, 0.002
SHARE_OF_WAIT = 1 / 20


class DatabaseWrapper(base.DatabaseWrapper):
    def _start_transaction_under_autocommit(self) -> None:
        """Begin when the write lock is free; raises OperationalError if it is not within the time-out."""
        options = self.settings_dict["OPTIONS"]
        begin = f"BEGIN {options.get('transaction_mode', '')}"
        timeout = options.get("timeout", DEFAULT_TIMEOUT)
        started = time.monotonic()
        with self.wrap_database_errors:
            self._let_sqlite_wait(0)
            try:
                self._execute_when_free(begin, started, timeout)
            finally:
                self._let_sqlite_wait(timeout)
        if self.queries_logged:
            took = time.monotonic() - started
            self.queries_log.append({"sql": begin, "time": f"{took:.3f}"})

    def _execute_when_free(self, statement: str, started: float, timeout: float) -> None:
        while True:
            try:
                # Not by a cursor of Django's. What that raises is part of a cycle, and so is the cursor: the
                # thread that collects it may hold the lock for which the cursor's connection waits.
                self.connection.execute(statement)
            except sqlite3.OperationalError as error:
                waited = time.monotonic() - started
                if waited >= timeout or not is_busy(error):
                    raise
            else:
                return
            time.sleep(min(max(SHORTEST_PAUSE, waited * SHARE_OF_WAIT), LONGEST_PAUSE))

    def _let_sqlite_wait(self, seconds: float) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")


def is_busy(error: sqlite3.OperationalError) -> bool:
    """Tell whether another connection holds what was asked for."""
    # The lower byte is the code that the others say more of.
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
