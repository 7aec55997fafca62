"""Rows of the shop as rows of a sheet, of which few are in memory at once."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from ..models import Collection, Customer, Order, Product
from ..resources import (
    OTHERS,
    CollectionResource,
    CustomerResource,
    OrderResource,
    ProductResource,
    SheetResource,
)

# Rows that are loaded at once.
CHUNK = 1000
EXPORTED: dict[Any, type[SheetResource]] = {
    Product: ProductResource,
    Collection: CollectionResource,
    Customer: CustomerResource,
    Order: OrderResource,
    **OTHERS,
}


class Export:
    """The rows of a queryset, in its order, as they are when their turn comes."""

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        self.resource = EXPORTED[queryset.model]()
        # The whole filtered list is read by its keys, which are all that is kept of it.
        # Each row once, however often a search has met it.
        self.keys = [*dict.fromkeys(queryset.values_list("pk", flat=True))]

    @property
    def head(self) -> list[str]:
        return list(self.resource.get_export_headers())

    def rows(self) -> Iterator[Sequence[Any]]:
        for start in range(0, len(self.keys), CHUNK):
            keys = self.keys[start : start + CHUNK]
            loaded = self.resource.stored().in_bulk(keys)
            found = [loaded[key] for key in keys if key in loaded]
            self.resource.load(found)
            for row in found:
                yield self.resource.export_resource(row)
