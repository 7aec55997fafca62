from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .models import Operation
from .origins import origin


@contextmanager
def begun_operation(*, label: str, by: Any, door: str | None = None) -> Iterator[Operation]:
    """Make an operation of all that is written within, in the caller's transaction."""
    operation = Operation.objects.create(label=label[:255], made_by=by)
    with origin(operation=operation, by=by, door=door):
        yield operation
