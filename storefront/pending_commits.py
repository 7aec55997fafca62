"""Whether a write was committed; a rollback, of a savepoint too, undoes it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Self

from django.db import connections


class PendingCommit:
    """Stands for the writes between two events of a transaction."""

    is_committed = False
    is_rolled_back = False

    def __deepcopy__(self, memo: Any) -> Self:
        # A copy of a row is committed or rolled back with it.
        return self


class TransactionLog:
    """Tracks which writes the commits and rollbacks of one connection concern.

    `on_commit` does not: its callbacks come one after another, and none at all after one that fails.
    """

    def __init__(self, connection: Any) -> None:
        self.pending: list[PendingCommit] = []
        self.savepoints: dict[str, int] = {}
        self.is_shared = False
        for name, callback in {
            "commit": self.committed,
            "rollback": self.rolled_back,
            "close": self.rolled_back,
            "savepoint_rollback": self.rolled_back,
        }.items():
            setattr(connection, name, called_after(getattr(connection, name), callback))
        connection.savepoint = self.recording_savepoints(connection.savepoint)

    def recording_savepoints(self, savepoint: Callable[[], Any]) -> Callable[[], Any]:
        @wraps(savepoint)
        def record() -> Any:
            sid = savepoint()
            self.savepoints[sid] = len(self.pending)
            self.is_shared = False
            return sid

        return record

    def current(self) -> PendingCommit:
        """Return what stands for the writes of this moment: one for all until something happens."""
        if not self.is_shared:
            self.pending.append(PendingCommit())
            self.is_shared = True
        return self.pending[-1]

    def committed(self) -> None:
        for pending in self.pending:
            pending.is_committed = True
        self.discard_from(0)

    def rolled_back(self, sid: str | None = None) -> None:
        # Before the first write of this process under a savepoint its beginning was not recorded.
        start = 0 if sid is None else self.savepoints.get(sid, 0)
        for pending in self.pending[start:]:
            pending.is_rolled_back = True
        self.discard_from(start)

    def discard_from(self, start: int) -> None:
        del self.pending[start:]
        self.is_shared = False
        if not start:
            self.savepoints.clear()


def called_after(method: Callable[..., Any], callback: Callable[..., None]) -> Callable[..., Any]:
    @wraps(method)
    def run(*args: Any, **kwargs: Any) -> Any:
        result = method(*args, **kwargs)
        callback(*args)
        return result

    return run


def pending_commit(using: str) -> PendingCommit | None:
    """Return what tells whether a write of now gets committed; None where it is already."""
    connection: Any = connections[using]
    if not connection.in_atomic_block and connection.get_autocommit():
        return None
    # Stored on the connection, which belongs to one thread.
    log = connection.__dict__.get("transaction_log")
    if log is None:
        log = connection.transaction_log = TransactionLog(connection)
    return log.current()
