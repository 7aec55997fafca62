from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import Warning
from django.db import DEFAULT_DB_ALIAS, connection

from .models import Product
from .money import displayed

# Products that a warning names.
NAMED = 5


def check_stored_prices(databases: Sequence[str] | None = None, **kwargs: Any) -> list[Warning]:
    """Warn of prices that were stored under a currency with more decimals."""
    if DEFAULT_DB_ALIAS not in (databases or ()) or not has_products_table():
        return []
    found = Product.objects.with_too_many_decimals()
    count = found.count()
    if not count:
        return []
    rows = found.order_by("pk").values_list("pk", "unit_price")[:NAMED]
    named = [f"product {key}: {displayed(price)}" for key, price in rows]
    more = ["..."] if count > NAMED else []
    message = (
        f"Stored prices with more decimals than {settings.STORE_CURRENCY}: {count} "
        f"({', '.join([*named, *more])})."
    )
    return [Warning(message, hint="Round them: manage.py round_prices", id="store.W001")]


def has_products_table() -> bool:
    """Tell whether there is anything to check: before the first migration there is not."""
    return Product._meta.db_table in connection.introspection.table_names()
