"""The stock of products, by SQL that is compiled once."""

from collections.abc import Collection
from functools import lru_cache

from django.db import DEFAULT_DB_ALIAS
from django.db.models import BigIntegerField, F

from .catalog import Product
from .statements import Slot, Statement, Write

# What an order needs to know, in the order of the model's fields, as from_db() takes them.
SOLD = ("id", "title", "unit_price", "inventory")
KEY, PIECES = Slot("product_id", BigIntegerField()), Slot("pieces", BigIntegerField())


def locked_products(product_ids: Collection[int]) -> list[Product]:
    """Lock products until the transaction ends, in key order, so that no two lockers deadlock."""
    if not product_ids:
        return []
    rows = products_for_update(len(product_ids)).rows([*product_ids])
    return [Product.from_db(DEFAULT_DB_ALIAS, SOLD, row) for row in rows]


@lru_cache(maxsize=128)
def products_for_update(products: int) -> Statement:
    """Return what locks and reads so many products; run it with their ids."""
    found = Product.objects.locked().filter(pk__in=range(1, products + 1))
    return Statement(found.values_list(*SOLD))


def take_pieces(product_id: int, pieces: int) -> bool:
    """Lower the stock of a product; False where it does not cover the pieces."""
    return bool(taking().run(product_id=product_id, pieces=pieces))


@lru_cache(maxsize=1)
def taking() -> Write:
    left = F("inventory") - PIECES
    # The guard stands in the same statement, so that it holds even where a lock does not. Written as a
    # difference: for inventory >= n MariaDB may walk that index, and miss a row moving in it.
    covered = Product.objects.annotate(left=left).filter(pk=KEY, left__gte=0)
    return Write(covered.order_by(), inventory=left)
