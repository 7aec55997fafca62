"""How rows get into the tables by the thousand."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

Item = TypeVar("Item")
BATCH = 1000


def batched(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def insert(rows: Sequence[Model], *, key: str) -> None:
    """Insert the rows and give them their primary keys; `key` is a field that tells them apart."""
    if not rows:
        return
    objects = type(rows[0])._default_manager
    objects.bulk_create(rows, batch_size=BATCH)
    # MySQL, unlike MariaDB, does not return the keys of what it inserted.
    if not connection.features.can_return_rows_from_bulk_insert:
        for batch in batched(rows):
            values = [getattr(row, key) for row in batch]
            keys: dict[Any, Any] = dict(
                objects.filter(**{f"{key}__in": values}).values_list(key, "pk")
            )
            for row in batch:
                row.pk = keys[getattr(row, key)]


def insert_all(model: type[Model], rows: Iterable[Model]) -> int:
    """Insert rows whose keys nobody asks for, a batch at a time, and return their number."""
    count = 0
    for batch in batched(rows):
        model._default_manager.bulk_create(batch)
        count += len(batch)
    return count


@contextmanager
def own_dates(model: type[Model], name: str) -> Iterator[None]:
    """Let the rows inserted meanwhile keep the date they carry, where it is else always now."""
    field: Any = model._meta.get_field(name)
    automatic = field.auto_now, field.auto_now_add
    field.auto_now = field.auto_now_add = False
    try:
        yield
    finally:
        field.auto_now, field.auto_now_add = automatic
