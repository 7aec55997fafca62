"""How the price and the stock of a product went, day by day."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from history.models import Change

from ..models import Product, StockMovement

DAYS = 180


class Day(NamedTuple):
    """What held at the end of a day (UTC)."""

    day: date
    price: Decimal
    stock: int


def course_of(*, product: Product, days: int = DAYS) -> list[Day]:
    """Return the price and the stock of a product at the end of each of the last days, in two queries.

    Before what is on record, both are as they were first known.
    """
    today = timezone.now().date()
    first = today - timedelta(days=days - 1)
    moved, prices = moved_by_day(product, first), prices_before(product, first)
    price, stock, course = product.unit_price, product.inventory, []
    for number in range(days):
        day = today - timedelta(days=number)
        course.append(Day(day, price, stock))
        # Of the day before: without what this day has moved.
        stock -= moved.get(day, 0)
        price = prices.get(day, price)
    return course[::-1]


def moved_by_day(product: Product, first: date) -> dict[date, int]:
    movements = StockMovement.objects.filter(product=product, moved_at__date__gte=first).order_by()
    days = movements.values(day=TruncDate("moved_at")).annotate(pieces=Sum("pieces"))
    return {row["day"]: row["pieces"] for row in days}


def prices_before(product: Product, first: date) -> dict[date, Decimal]:
    """Return the price that each day with a change of it began with."""
    changes = Change.objects.of(Product, product.pk).filter(changed_at__date__gte=first)
    return dict(first_of_each_day(changes.order_by("-pk")))


def first_of_each_day(changes: Any) -> Iterator[tuple[date, Decimal]]:
    # The newest first: what a day began with comes last, and stays.
    rows: Iterator[tuple[datetime, dict[str, Any]]] = changes.values_list("changed_at", "fields")
    for changed_at, fields in rows:
        if pair := fields.get("unit_price"):
            yield changed_at.date(), Decimal(pair[0])
