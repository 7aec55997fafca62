from collections.abc import Sequence
from pathlib import Path
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


def check_seller(**kwargs: Any) -> list[Warning]:
    """Warn where the shop does not say who sells, without which no invoice is issued."""
    missing = [
        name
        for name in ("STORE_SELLER_NAME", "STORE_SELLER_ADDRESS", "STORE_TAX_ID")
        if not getattr(settings, name)
    ]
    if not missing:
        return []
    message = f"Not set: {', '.join(missing)}. Without name and address no invoice is issued."
    return [Warning(message, hint="They stand on each invoice and packing slip.", id="store.W002")]


def check_font(**kwargs: Any) -> list[Warning]:
    """Warn where the font for further characters is no file: papers would lack them."""
    file = settings.STORE_PDF_FONT
    suffixes = (".ttf", ".otf", ".ttc", ".otc")
    if not file or (Path(file).is_file() and file.lower().endswith(suffixes)):
        return []
    message = f"STORE_PDF_FONT is not a font file ({', '.join(suffixes)}): {file}"
    return [Warning(message, hint="Papers are printed without it.", id="store.W003")]
