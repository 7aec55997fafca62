"""The version of the catalogue that a cached response or count was made under, read in one query."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from time import monotonic
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from .models import Product
from .models.versions import ASSORTMENT, CATALOG, Version

Values = frozenset[tuple[Any, ...]]


class CatalogVersion(NamedTuple):
    """The cache version of the catalogue; while it is the same, the shop has changed nothing of it."""

    # Of which products there are, and in which collection.
    assortment: Values
    # Of all that the catalogue shows but the stock.
    catalog: Values
    # By id, of the products asked for: orders change it without a new version.
    stock: Mapping[int, int]
    # What plain SQL writes invalidates no version. Whatever is cached in a period ends with it, made of something cached or not.
    period: float


def catalog_version(product_ids: Collection[int] = ()) -> CatalogVersion:
    """Read the version from the primary; before the rows, so that nothing is older than its version."""
    period = current_period()
    with connection.cursor() as cursor:
        cursor.execute(version_sql(len(product_ids)), [*product_ids])
        rows = cursor.fetchall()
    return CatalogVersion(
        frozenset(row for row in rows if row[0] == ASSORTMENT),
        frozenset(row for row in rows if row[0] == CATALOG),
        {key: stock for scope, key, stock in rows if not scope},
        period,
    )


def current_period() -> float:
    """Return what is the same for STORE_CATALOG_CACHE_SECONDS at most."""
    seconds = settings.STORE_CATALOG_CACHE_SECONDS
    return monotonic() // seconds if seconds else monotonic()


@lru_cache(maxsize=128)
def version_sql(products: int) -> str:
    product, version = Product._meta.db_table, Version._meta.db_table
    # The highest id tells of products that plain SQL has added.
    parts = [
        *("SELECT scope, id, value FROM", version, f"WHERE scope IN ('{ASSORTMENT}', '{CATALOG}')"),
        *("UNION ALL", f"SELECT '{ASSORTMENT}', 0, MAX(id) FROM", product),
    ]
    if products:
        placeholders = ", ".join(["%s"] * products)
        parts += ["UNION ALL SELECT '', id, inventory FROM", product]
        parts += [f"WHERE id IN ({placeholders})"]
    return " ".join(parts)
