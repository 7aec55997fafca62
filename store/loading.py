"""Rows that come with more than their columns."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Self, cast

from django.db import models
from django.db.models.query import ModelIterable

from .compiled import compiled_instances

Loader = Callable[[Sequence[Any]], None]


class LoadingMixin:
    """A queryset that hands its rows, once they are fetched, to functions that load more into them.

    As `prefetch_related()` does, in one query each; but with SQL that is compiled once.
    """

    _loaders: tuple[Loader, ...] = ()

    def loading(self, *loaders: Loader) -> Self:
        found = self._clone()
        found._loaders = (*self._loaders, *loaders)
        return found

    def compiled_once(self, key: Hashable) -> Sequence[Any]:
        """Return the rows by SQL that is compiled once for a key, which names all that the query asks for."""
        queryset = cast(Any, self)
        # What a queryset makes of its rows beside the query is its own to do.
        if queryset._prefetch_related_lookups or queryset._iterable_class is not ModelIterable:
            return cast(Sequence[Any], queryset)
        rows = compiled_instances(queryset, key)
        for load in self._loaders:
            load(rows)
        return rows

    def _clone(self) -> Self:
        parent: Any = super()
        found = parent._clone()
        found._loaders = self._loaders
        return cast(Self, found)

    def _fetch_all(self) -> None:
        queryset, parent = cast(Any, self), cast(Any, super())
        is_new = queryset._result_cache is None
        parent._fetch_all()
        # Not of values_list(), whose rows are no instances.
        if is_new and issubclass(queryset._iterable_class, ModelIterable):
            for load in self._loaders:
                load(queryset._result_cache)


def set_loaded(row: models.Model, name: str, related: Sequence[models.Model]) -> None:
    """Have the manager of that name give these rows, as `prefetch_related()` does, without a query."""
    loaded = getattr(row, name).get_queryset()
    loaded._result_cache, loaded._prefetch_done = [*related], True
    cache: Any = row.__dict__.setdefault("_prefetched_objects_cache", {})
    cache[name] = loaded
