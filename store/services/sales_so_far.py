"""What was sold today, this week and this month so far, each against as much of the period before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import reduce
from typing import Any

from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, Q, Sum

from ..expressions import UtcDay
from ..models import Order, OrderItem
from ..models.orders import start_of
from .reports import Row, best_sellers, sales_by

# Days of the chart; the month before any day begins within them.
DAYS = 90
SELLERS_DAYS = 30
# Under which the figures of days that are over are kept, and for how long.
PAST, PAST_SECONDS = "sales-of-past-days", 24 * 3600
NONE: Row = {"orders": 0, "pieces": 0, "total": Decimal(0)}


@dataclass(frozen=True)
class Period:
    """A period that is still running, and the one before; all moments are of UTC."""

    name: str
    start: datetime
    before: datetime
    # When the period before had run as long.
    before_until: datetime


def periods(now: datetime) -> list[Period]:
    """Return today, this week (from Monday) and this month."""
    today = now.astimezone(UTC).date()
    month = today.replace(day=1)
    monday = today - timedelta(days=today.weekday())
    beginnings = {
        "today": (today, today - timedelta(days=1)),
        "week": (monday, monday - timedelta(days=7)),
        "month": (month, (month - timedelta(days=1)).replace(day=1)),
    }
    return [
        period_of(name, start_of(start), start_of(before), now)
        for name, (start, before) in beginnings.items()
    ]


def period_of(name: str, start: datetime, before: datetime, now: datetime) -> Period:
    # The 31st is compared with the whole of a month that has no such day.
    return Period(name, start, before, min(before + (now - start), start))


def sales_so_far(*, now: datetime, sellers: int, using: str = DEFAULT_DB_ALIAS) -> list[Row]:
    """Return one row: the sales of days, those of each period and of the one before, and what sold best.

    `days` has a row for each of the last DAYS, also without a sale; `periods` one for each of today, week and
    month; `sellers` so many products with the highest amounts of SELLERS_DAYS.
    """
    today = now.astimezone(UTC).date()
    first, yesterday = today - timedelta(days=DAYS - 1), today - timedelta(days=1)
    running = periods(now)
    parts = sales_of_parts(today, running, using)
    of_days = {
        **sales_of_past_days(first, yesterday, using),
        today: parts.get(today, NONE),
    }
    start = today - timedelta(days=SELLERS_DAYS - 1)
    return [
        {
            "days": [{"period": day, **of_days.get(day, NONE)} for day in days_of(first, today)],
            "periods": {each.name: compared(each, today, of_days, parts) for each in running},
            "sellers": best_sellers(
                by="revenue", start=start, end=today, limit=sellers, using=using
            ),
        }
    ]


def compared(
    period: Period, today: date, of_days: Mapping[date, Row], parts: Mapping[date, Row]
) -> dict[str, Row]:
    """Return what a period brought in so far, and what the one before had by then."""
    last = period.before_until.date()
    before = days_of(period.before.date(), last - timedelta(days=1))
    return {
        "sold": added_up(of_days.get(day, NONE) for day in days_of(period.start.date(), today)),
        "before": added_up([*(of_days.get(day, NONE) for day in before), parts.get(last, NONE)]),
    }


def sales_of_past_days(first: date, last: date, using: str) -> dict[date, Row]:
    """Add up days that are over; again only from the first to the last of which other orders are sales than before.

    The lines of an order stay as they were placed, so that its key stands for them.
    """
    orders: Any = Order.objects.using(using).sold().placed_between(first, last).order_by()
    found = orders.values_list(UtcDay("placed_at")).annotate(Count("pk"), Sum("pk"))
    states = {day: (count, int(keys)) for day, count, keys in found}
    kept: dict[date, tuple[Any, Row]] = cache.get(PAST, {})
    changed = [day for day, state in states.items() if kept.get(day, (None, NONE))[0] != state]
    if changed:
        rows = by_day(sales_by(by="day", start=min(changed), end=max(changed), using=using))
        same = {day: row for day, (_, row) in kept.items() if day not in changed}
        kept = {day: (state, {**same, **rows}.get(day, NONE)) for day, state in states.items()}
        cache.set(PAST, kept, PAST_SECONDS)
    return {day: kept[day][1] for day in states}


def sales_of_parts(today: date, running: Iterable[Period], using: str) -> dict[date, Row]:
    """Add up today, and each day within which a period before had run as long, up to that moment."""
    parts = between(start_of(today), start_of(today + timedelta(days=1)))
    for period in running:
        end = period.before_until
        parts |= between(start_of(end.date()), end)
    sold: Any = OrderItem.objects.using(using).sold().filter(parts)
    return by_day(sold.figures_per(period=UtcDay("order__placed_at")).order_by("period"))


def between(start: datetime, end: datetime) -> Q:
    return Q(order__placed_at__gte=start, order__placed_at__lt=end)


def by_day(rows: Iterable[Row]) -> dict[date, Row]:
    return {row["period"]: {name: row[name] for name in NONE} for row in rows}


def days_of(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def added_up(rows: Iterable[Row]) -> Row:
    added: Row = reduce(
        lambda one, other: {name: one[name] + other[name] for name in NONE}, rows, NONE
    )
    return added
