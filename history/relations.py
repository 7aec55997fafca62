"""Relations to many whose changes can be taken back."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, Protocol

from django.db import models


class Relation(Protocol):
    def present(self, keys: Collection[int]) -> dict[int, set[int]]:
        """Return the keys that each row is related to; rows without any may be left out."""

    def add(self, value: int, keys: Collection[int]) -> None: ...

    def remove(self, value: int, keys: Collection[int]) -> None: ...


class ManyToMany:
    """A field of Django's, written from its other end: one statement for many rows."""

    def __init__(self, field: Any) -> None:
        self.field = field

    def present(self, keys: Collection[int]) -> dict[int, set[int]]:
        near, far = self.field.m2m_column_name(), self.field.m2m_reverse_name()
        links = self.field.remote_field.through._base_manager.filter(**{f"{near}__in": keys})
        found: dict[int, set[int]] = defaultdict(set)
        for key, value in links.values_list(near, far):
            found[key].add(value)
        return found

    def add(self, value: int, keys: Collection[int]) -> None:
        self._rows(value).add(*keys)

    def remove(self, value: int, keys: Collection[int]) -> None:
        self._rows(value).remove(*keys)

    def _rows(self, value: int) -> Any:
        other = self.field.related_model._base_manager.get(pk=value)
        return getattr(other, self.field.remote_field.get_accessor_name())


# By the model and the name under which the history tells of them: what is no field of Django's.
OTHER_RELATIONS: dict[tuple[type[models.Model], str], Relation] = {}


def relation_of(model: type[models.Model], name: str) -> Relation | None:
    if (model, name) in OTHER_RELATIONS:
        return OTHER_RELATIONS[model, name]
    fields = {field.name: field for field in model._meta.many_to_many}
    return ManyToMany(fields[name]) if name in fields else None
