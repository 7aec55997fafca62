"""Whether what was kept of the catalogue still holds, in one query."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from .catalog import Product
from .versions import ASSORTMENT, CATALOG, Version

Stamps = frozenset[Sequence[Any]]


class CatalogState(NamedTuple):
    """What the catalogue was when it was asked; equal states show the same."""

    # Some are renewed with every write.
    stamps: Stamps
    # Of the products asked for, by id; orders change it without a stamp.
    stock: dict[int, int]

    @property
    def is_stamped(self) -> bool:
        """Tell whether a write has left a stamp: a catalogue that came by plain SQL alone has none."""
        return any(key for scope, key, stamp in self.stamps)

    @property
    def assortment(self) -> Stamps:
        """The part that changes with the number of products, in all or in a collection."""
        return frozenset(stamp for stamp in self.stamps if stamp[0] == ASSORTMENT)


def catalog_state(product_ids: Collection[int] = ()) -> CatalogState:
    """Read the state of the catalogue from the primary; before whatever is kept under it."""
    with connection.cursor() as cursor:
        cursor.execute(state_sql(len(product_ids)), [*product_ids])
        rows = cursor.fetchall()
    stamps = frozenset(row for row in rows if row[0])
    return CatalogState(stamps, {key: stock for scope, key, stock in rows if not scope})


@lru_cache(maxsize=128)
def state_sql(products: int) -> str:
    product, version = Product._meta.db_table, Version._meta.db_table
    # The highest id gives away products that plain SQL has added.
    sql = (
        f"SELECT scope, id, stamp FROM {version} WHERE scope IN ('{ASSORTMENT}', '{CATALOG}') "
        f"UNION ALL SELECT '{ASSORTMENT}', 0, MAX(id) FROM {product}"
    )
    if products:
        marks = ", ".join(["%s"] * products)
        sql += f" UNION ALL SELECT '', id, inventory FROM {product} WHERE id IN ({marks})"
    return sql
