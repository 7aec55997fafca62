"""Rows that come with more than their columns."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import islice
from typing import Any, Self, cast

from django.db import models
from django.db.models.query import ModelIterable

from .compiled import compiled_instances

# Rows that are loaded at once where all do not fit into memory, as of Django's iterator().
CHUNK = 2000

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

    def iterator(self, chunk_size: int | None = None) -> Iterator[Any]:
        parent: Any = super()
        rows = parent.iterator(chunk_size)
        if not self._loaders or not issubclass(cast(Any, self)._iterable_class, ModelIterable):
            return cast(Iterator[Any], rows)
        return self._loaded(rows, chunk_size or CHUNK)

    def _loaded(self, rows: Iterator[Any], size: int) -> Iterator[Any]:
        while chunk := [*islice(rows, size)]:
            for load in self._loaders:
                load(chunk)
            yield from chunk

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
