"""An order with its lines, read in one query that is compiled once."""

from functools import lru_cache

from django.db import DEFAULT_DB_ALIAS

from .catalog import Product
from .customers import Address
from .orders import Order, OrderItem
from .statements import Statement

# In the order of the models' fields, as from_db() takes them.
ORDER = (
    *("id", "placed_at", "payment_status", "status", "customer_id"),
    *(f"shipping_{name}" for name in Address.FIELDS),
)
LINE = ("id", "product_id", "title", "quantity", "unit_price", "list_price", "tax", "promotion")
PRODUCT = ("id", "title", "unit_price")
COLUMNS = (
    *ORDER,
    *(f"items__{name}" for name in LINE),
    *(f"items__product__{name}" for name in PRODUCT),
)


def order_with_lines(order_id: int) -> tuple[Order, list[OrderItem]]:
    """Return an order as it stands now and its lines; raises Order.DoesNotExist."""
    rows = order_by_id().rows([order_id])
    if not rows:
        raise Order.DoesNotExist
    order = Order.from_db(DEFAULT_DB_ALIAS, ORDER, rows[0][: len(ORDER)])
    lines = []
    for row in rows:
        line = OrderItem.from_db(DEFAULT_DB_ALIAS, LINE, row[len(ORDER) : -len(PRODUCT)])
        if line.pk is not None:
            line.product = Product.from_db(DEFAULT_DB_ALIAS, PRODUCT, row[-len(PRODUCT) :])
            lines.append(line)
    return order, lines


@lru_cache(maxsize=1)
def order_by_id() -> Statement:
    """Return what reads an order by its id: a row for each line, and one for an order without."""
    return Statement(Order.objects.filter(pk=1).order_by("items__id").values_list(*COLUMNS))
