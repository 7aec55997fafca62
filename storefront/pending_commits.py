"""What became of a write: it is committed, it waits for its transaction, or it was rolled back."""

from typing import Any

from django.db import connections, transaction


class PendingCommit:
    """Stands for all that is written under the savepoints of one moment."""

    def __init__(self, using: str) -> None:
        self.using = using
        self.is_committed = False

    def __call__(self) -> None:
        self.is_committed = True

    @property
    def is_rolled_back(self) -> bool:
        # A rollback, of a savepoint too, drops what waits for the commit of what it undoes.
        waiting: list[Any] = connections[self.using].run_on_commit
        return not self.is_committed and all(entry[1] is not self for entry in waiting)


def pending_commit(using: str) -> PendingCommit | None:
    """Return what tells the fate of a write of this moment; None where it is committed already."""
    connection = connections[using]
    if not connection.in_atomic_block:
        return None
    waiting: list[Any] = connection.run_on_commit
    # One for many writes in a row, so that a transaction with many rows stays light.
    if waiting and isinstance(waiting[-1][1], PendingCommit):
        savepoints, pending = waiting[-1][:2]
        if savepoints == set(connection.savepoint_ids):
            return pending
    pending = PendingCommit(using)
    transaction.on_commit(pending, using)
    return pending
