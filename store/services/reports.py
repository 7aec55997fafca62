"""What was sold, added up by the database; amounts are in the shop's currency, before tax."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from io import StringIO
from typing import Any

from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, Exists, F, Max, Min, OuterRef, QuerySet
from django.db.models.functions import TruncMonth, TruncWeek

from storefront.replicas import read_from_copy

from ..expressions import AmountSum, UtcDay
from ..models import Order, OrderItem, Product, Version
from ..models.catalog import ProductQuerySet
from ..models.orders import OrderItemQuerySet, start_of
from ..models.versions import SALES
from ..money import round_to_minor_unit
from ..sheets.formulas import escape_formula
from .report_limits import reports as place
from .report_limits import statement_limit

Row = Mapping[str, Any]

# Seconds by which a report may lag behind a change that is no sale: a title, a price, a delivery.
CACHE_SECONDS = 60
# By which Excel knows that a file is UTF-8.
BYTE_ORDER_MARK = "\ufeff"
# What ranks products and customers; ties go by their ids.
PRODUCT_RANKS = {"pieces": "-pieces", "revenue": "-total"}
CUSTOMER_RANKS = {
    "total": "-total",
    "orders": "-orders",
    "last_order": "-last_order",
    "longest_ago": "last_order",
}
LAST_ORDER = Max("order__placed_at")
BUYER = "order__customer__user"
BUYER_FIELDS = [
    "order__customer_id",
    *(f"{BUYER}__{field}" for field in ("username", "first_name", "last_name", "email")),
]


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


def sales_by(
    *,
    by: str,
    start: date,
    end: date,
    product: int | None = None,
    collection: int | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> list[Row]:
    """Add up each day, week (named by its Monday) or month with a sale, the oldest first.

    Of all products, or of one or those of a collection.
    """
    # Of the day, not of the moment: MySQL cuts no hours off a week's first day.
    day = UtcDay("order__placed_at")
    period = {"day": day, "week": TruncWeek(day), "month": TruncMonth(day)}[by]
    sold = sold_lines(start, end, using).of(product=product, collection=collection)
    return list(sold.figures_per(period=period).order_by("period"))


def best_sellers(
    *,
    by: str,
    start: date,
    end: date,
    limit: int,
    product: int | None = None,
    collection: int | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> list[Row]:
    """Return the products of which most pieces were sold, or that brought in the highest amounts."""
    sold = sold_lines(start, end, using).of(product=product, collection=collection)
    figures = sold.figures_per("product_id", "product__title")
    return list(figures.order_by(PRODUCT_RANKS[by], "product_id")[:limit])


def best_customers(
    *, start: date, end: date, limit: int, using: str = DEFAULT_DB_ALIAS
) -> list[Row]:
    """Return the customers who bought for the highest amounts."""
    sold = sold_lines(start, end, using).figures_per(*BUYER_FIELDS)
    return list(sold.order_by("-total", "order__customer_id")[:limit])


def customers(
    *,
    by: str,
    start: date,
    end: date,
    limit: int,
    customer: int | None = None,
    min_orders: int | None = None,
    min_total: Decimal | None = None,
    last_after: date | None = None,
    last_before: date | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> list[Row]:
    """Return the customers who bought, with their last order, by a rank of CUSTOMER_RANKS.

    Each threshold is one of what is added up; both days (UTC) count as a whole.
    """
    lines = sold_lines(start, end, using)
    orders = Order.objects.using(using).sold().placed_between(start, end)
    if customer is not None:
        lines, orders = lines.filter(order__customer=customer), orders.filter(customer=customer)
    # Lines are added up for everybody where amounts are compared only: it takes three times as long.
    groups: QuerySet[Any, Any] = (
        lines.figures_per(buyer=F("order__customer_id")).annotate(last_order=LAST_ORDER)
        if by == "total" or min_total is not None
        else orders.with_lines()
        .values(buyer=F("customer_id"))
        .annotate(orders=Count("pk"), last_order=Max("placed_at"))
    )
    thresholds = {
        "orders__gte": min_orders,
        "total__gte": min_total,
        "last_order__gte": last_after and start_of(last_after),
        "last_order__lt": last_before and start_of(last_before + timedelta(days=1)),
    }
    groups = groups.filter(**{name: at for name, at in thresholds.items() if at is not None})
    rank = CUSTOMER_RANKS[by]
    keys = list(groups.order_by(rank, "buyer").values_list("buyer", flat=True)[:limit])
    # Their names are read, and their lines added up, of those alone.
    rows = lines.filter(order__customer__in=keys).figures_per(*BUYER_FIELDS)
    return list(rows.annotate(last_order=LAST_ORDER).order_by(rank, "order__customer_id"))


def never_sold(*, limit: int, using: str = DEFAULT_DB_ALIAS) -> list[Row]:
    """Return products that are in no sale of any time, by title."""
    return by_title(Product.objects.using(using).filter(~Exists(sales_of_product())), limit)


def ever_sold(*, limit: int, using: str = DEFAULT_DB_ALIAS) -> list[Row]:
    """Return products that are in a sale of any time, by title."""
    return by_title(Product.objects.using(using).filter(Exists(sales_of_product())), limit)


def sales_of_product() -> OrderItemQuerySet:
    sales: OrderItemQuerySet = OrderItem.objects.sold().filter(product=OuterRef("pk")).order_by()
    return sales


def by_title(products: ProductQuerySet, limit: int) -> list[Row]:
    rows = products.order_by("title", "id").values("id", "title", "inventory", "unit_price")
    return list(rows[:limit])


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


def prices(
    *, collection: int | None = None, limit: int, using: str = DEFAULT_DB_ALIAS
) -> list[Row]:
    """Return the list prices of the published products of each collection that has any, by title."""
    products = Product.objects.using(using).published()
    if collection is not None:
        products = products.filter(collection=collection)
    rows = products.values("collection_id", "collection__title").annotate(
        products=Count("pk"),
        lowest=Min("unit_price"),
        highest=Max("unit_price"),
        total=AmountSum("unit_price"),
    )
    return [
        {**row, "average": round_to_minor_unit(row["total"] / row["products"])}
        for row in rows.order_by("collection__title", "collection_id")[:limit]
    ]


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
