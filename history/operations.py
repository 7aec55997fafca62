"""Many changes that are one thing to whoever makes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .models import Operation
from .origins import origin


@contextmanager
def begun_operation(*, label: str, by: Any, door: str | None = None) -> Iterator[Operation]:
    """Make an operation of all that is written within, in the caller's transaction."""
    operation = Operation.objects.create(label=label[:255], made_by=by)
    with continued_operation(operation, by=by, door=door):
        yield operation


@contextmanager
def continued_operation(
    operation: Operation, *, by: Any, door: str | None = None
) -> Iterator[Operation]:
    """Count what is written within to an operation that was begun before."""
    with origin(operation=operation, by=by, door=door):
        yield operation
    operation.size = operation.changes.count()
    operation.save(update_fields=["size"])
