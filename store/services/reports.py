"""What was sold, added up by the database; amounts are in the shop's currency, before tax."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date
from decimal import Decimal
from hashlib import sha256
from io import StringIO
from typing import Any

from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, Exists, F, OuterRef
from django.db.models.functions import TruncDate, TruncMonth, TruncWeek

from storefront.replicas import read_from_copy

from ..models import OrderItem, Product, Version
from ..models.orders import OrderItemQuerySet
from ..models.versions import SALES
from ..money import round_to_minor_unit
from .report_limits import reports as place
from .report_limits import statement_limit

Row = Mapping[str, Any]

# Seconds by which a report may lag behind a change that is no sale: a title, a price, a delivery.
CACHE_SECONDS = 60
# What makes a spreadsheet take a text for a formula; in East Asian ones the full-width signs do too.
FORMULA_STARTS = tuple("=+-@＝＋－＠\t\r\n")
# By which Excel knows that a file is UTF-8.
BYTE_ORDER_MARK = "\ufeff"


def cached_report(report: Callable[..., list[Row]], **parameters: Any) -> list[Row]:
    """Return a report with every sale committed so far, computed at most once for a cache version of the sales.

    Read from a copy of the database where there is one: with every sale that has reached the copy.
    Raises ReportsBusy and ReportTooSlow.
    """

    def read(using: str) -> list[Row]:
        # From the same database and before the figures, which are thus never older than their version.
        version = Version.objects.using(using).current(SALES)
        asked = repr((report.__name__, sorted(parameters.items()), version))
        key = f"report:{sha256(asked.encode()).hexdigest()}"
        rows: list[Row] | None = cache.get(key)
        return compute(key, using) if rows is None else rows

    def compute(key: str, using: str) -> list[Row]:
        with place.taken():
            # Another thread may have computed it meanwhile.
            rows: list[Row] | None = cache.get(key)
            if rows is None:
                with statement_limit(using):
                    rows = report(**parameters, using=using)
                cache.set(key, rows, CACHE_SECONDS)
            return rows

    return read_from_copy(read)


def sales_by(*, by: str, start: date, end: date, using: str = DEFAULT_DB_ALIAS) -> list[Row]:
    """Add up each day, week (named by its Monday) or month with a sale, the oldest first."""
    # Of the day, not of the moment: MySQL cuts no hours off a week's first day.
    day = TruncDate("order__placed_at", tzinfo=UTC)
    period = {"day": day, "week": TruncWeek(day), "month": TruncMonth(day)}[by]
    return list(sold_lines(start, end, using).figures_per(period=period).order_by("period"))


def best_sellers(*, start: date, end: date, limit: int, using: str = DEFAULT_DB_ALIAS) -> list[Row]:
    """Return the products of which most pieces were sold."""
    sold = sold_lines(start, end, using).figures_per("product_id", "product__title")
    return list(sold.order_by("-pieces", "product_id")[:limit])


def best_customers(
    *, start: date, end: date, limit: int, using: str = DEFAULT_DB_ALIAS
) -> list[Row]:
    """Return the customers who bought for the highest amounts."""
    user = "order__customer__user"
    sold = sold_lines(start, end, using).figures_per(
        "order__customer_id",
        *(f"{user}__{field}" for field in ("username", "first_name", "last_name", "email")),
    )
    return list(sold.order_by("-total", "order__customer_id")[:limit])


def never_sold(*, limit: int, using: str = DEFAULT_DB_ALIAS) -> list[Row]:
    """Return products that are in no sale of any time, by title."""
    sales = OrderItem.objects.sold().filter(product=OuterRef("pk")).order_by()
    products = Product.objects.using(using).filter(~Exists(sales)).order_by("title", "id")
    return list(products.values("id", "title", "inventory", "unit_price")[:limit])


def low_stock(*, below: int | None, limit: int, using: str = DEFAULT_DB_ALIAS) -> list[Row]:
    """Return the products with fewer pieces than this, or than the threshold of each (None); the fewest first."""
    products = Product.objects.using(using).low_on_stock(below).order_by("inventory", "id")
    return list(products.values("id", "title", "inventory", "unit_price")[:limit])


def average_order(*, start: date, end: date, using: str = DEFAULT_DB_ALIAS) -> list[Row]:
    """Return one row: the figures of the time and what its average order came to, None without one."""
    row = sold_lines(start, end, using).figures()
    row |= {"pieces": row["pieces"] or 0, "total": row["total"] or Decimal(0)}
    average = round_to_minor_unit(row["total"] / row["orders"]) if row["orders"] else None
    return [{"start": start, "end": end, **row, "average": average}]


def by_collection(
    *, start: date, end: date, limit: int, using: str = DEFAULT_DB_ALIAS
) -> list[Row]:
    """Add up what each collection sold, the highest amount first."""
    sold = sold_lines(start, end, using).figures_per(
        "product__collection_id", "product__collection__title"
    )
    return list(sold.order_by("-total", "product__collection_id")[:limit])


def by_membership(*, start: date, end: date, using: str = DEFAULT_DB_ALIAS) -> list[Row]:
    """Add up what the customers of each membership, as it is today, bought."""
    sold = sold_lines(start, end, using).figures_per(membership=F("order__customer__membership"))
    customers = Count("order__customer", distinct=True)
    return list(sold.annotate(customers=customers).order_by("-total", "membership"))


def sold_lines(start: date, end: date, using: str) -> OrderItemQuerySet:
    return OrderItem.objects.using(using).sold().placed_between(start, end)


def as_csv(*, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Write rows as CSV (RFC 4180) with a head line; a text that looks like a formula is escaped."""
    text = StringIO(BYTE_ORDER_MARK)
    text.seek(len(BYTE_ORDER_MARK))
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([escape_formula(row[column]) for column in columns] for row in rows)
    return text.getvalue()


def escape_formula(cell: object) -> object:
    """Put an apostrophe before a text that a spreadsheet would compute."""
    is_formula = isinstance(cell, str) and any(
        text.startswith(FORMULA_STARTS) for text in (cell, cell.lstrip())
    )
    return f"'{cell}" if is_formula else cell
