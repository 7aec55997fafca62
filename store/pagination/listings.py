from bisect import bisect, insort
from collections.abc import Hashable
from threading import Lock
from typing import Any

from cachetools import LRUCache
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q, QuerySet

from ..cache_versions import CatalogVersion, catalog_version
from ..loading import LoadingMixin
from ..models import Product
from .keys import cache_key, columns_in

# Lists that are remembered, filtered and ordered in different ways.
LISTINGS = 100
# Rows from which on a page is read from a bookmark: what a database skips in a tenth of a millisecond.
FAR = 1000
# Of a list; each takes some 200 bytes.
BOOKMARKS = 1000

# A position in the list with what its row is ordered by: the value of a field, then the id.
Bookmark = tuple[int, Any, int]


class Listing:
    """What is remembered of a list while the catalogue has one version: its length, and where pages begin."""

    def __init__(self, key: Hashable | None, version: CatalogVersion | None) -> None:
        self.key, self.version = key, version
        self.length: int | None = None
        # Where pages began that were read before, in order.
        self.bookmarks: list[Bookmark] = []
        self.lock = Lock()

    def under(self, version: CatalogVersion) -> "Listing":
        """Return what is still valid under another version: a new price leaves most lengths as they are."""
        listing = Listing(self.key, version)
        is_same = self.version is not None and (
            (self.version.assortment, self.version.period) == (version.assortment, version.period)
        )
        if is_same and columns_in(self.key) <= Product.assortment_fields:
            listing.length = self.length
        return listing

    def count(self, queryset: QuerySet[Product]) -> int:
        if self.length is None:
            self.length = queryset.count()
        return self.length

    def rows(self, queryset: Any, start: int, size: int) -> Any:
        """Return the rows of a page, with all that the queryset loads into them."""
        if self.key is None:
            return queryset[start : start + size]
        field = ordering_field(queryset)
        if start >= FAR and field:
            return queryset.filter(pk__in=self.far_ids(queryset, field, start, size))
        page = queryset[start : start + size]
        if not isinstance(page, LoadingMixin):
            return page
        return page.compiled_once((self.key, start, size))

    def far_ids(self, queryset: Any, field: str, start: int, size: int) -> list[int]:
        """Return the ids of a page, read from the nearest bookmark before it; leave one where it begins."""
        keys = queryset.values_list(field.lstrip("-"), "id")
        with self.lock:
            place = bisect(self.bookmarks, start, key=position)
            bookmark = self.bookmarks[place - 1] if place else None
        if bookmark:
            keys = keys.filter(not_before(bookmark, field))
        skipped = start - (bookmark[0] if bookmark else 0)
        # The keys alone, which are in the index: MariaDB would fetch every row that it skips.
        found = list(keys[skipped : skipped + size])
        if found:
            self.leave_bookmark((start, *found[0]))
        return [key for _, key in found]

    def leave_bookmark(self, bookmark: Bookmark) -> None:
        with self.lock:
            place = bisect(self.bookmarks, bookmark[0], key=position)
            is_known = place > 0 and self.bookmarks[place - 1][0] == bookmark[0]
            if not is_known and len(self.bookmarks) < BOOKMARKS:
                insort(self.bookmarks, bookmark, key=position)


listings: LRUCache[Hashable, Listing] = LRUCache(LISTINGS)
listings_lock = Lock()


def listing_of(queryset: QuerySet[Product]) -> Listing:
    """Return what is remembered of a list under the version that the catalogue has now."""
    key = cache_key(queryset.query)
    # The version is that of the primary.
    if key is None or queryset.db != DEFAULT_DB_ALIAS:
        return Listing(None, None)
    now = catalog_version()
    with listings_lock:
        known = listings.get(key)
        if known is None:
            known = listings[key] = Listing(key, now)
        elif known.version != now:
            listings[key] = known.under(now)
        return listings[key]


def ordering_field(queryset: QuerySet[Product]) -> str | None:
    """Return the field by which a list is ordered before the id, as in an index; None for another order.

    A bookmark neither finds nulls nor holds while a field without versions changes; a relation is ordered by its model.
    """
    order = [str(name) for name in queryset.query.order_by]
    fields = {
        field.name
        for field in queryset.model._meta.concrete_fields
        if not (field.null or field.is_relation)
    }
    fields -= queryset.model.unversioned_fields
    is_indexed = (
        queryset.query.standard_ordering
        and len(order) == 2
        and order[0].lstrip("-") in fields
        and order[1] == ("-id" if order[0].startswith("-") else "id")
    )
    return order[0] if is_indexed else None


def position(bookmark: Bookmark) -> int:
    return bookmark[0]


def not_before(bookmark: Bookmark, field: str) -> Q:
    """Keep the row of a bookmark and those after it; databases find the first one by the index."""
    _, value, key = bookmark
    name = field.lstrip("-")
    toward, beyond = ("lte", "lt") if field.startswith("-") else ("gte", "gt")
    return Q(**{f"{name}__{toward}": value}) & (
        Q(**{f"{name}__{beyond}": value}) | Q(**{f"id__{toward}": key})
    )
