"""Lists of exactly the orders that a figure of sales counts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from ..models import Product
from ..models.orders import OrderQuerySet, start_of
from ..services.sales_so_far import periods
from ..validators import FIRST_DAY, LAST_DAY

SEPARATOR = ".."
NAMES = {"today": "Today", "week": "This week", "month": "This month"}


class Span(NamedTuple):
    """A time from a moment on, up to another that is not in it."""

    start: datetime
    until: datetime

    def __str__(self) -> str:
        """Return it as an address says it: days where both ends are midnight, of which the last is in it."""
        if self.start == start_of(self.start.date()) and self.until == start_of(self.until.date()):
            return SEPARATOR.join([f"{self.start:%Y-%m-%d}", f"{last_day(self):%Y-%m-%d}"])
        return SEPARATOR.join(f"{moment:%Y-%m-%dT%H:%M}" for moment in self)


def last_day(span: Span) -> date:
    return span.until.date() - timedelta(days=1)


def of_days(first: date, last: date) -> Span:
    """Return the time of whole days (UTC), both included."""
    return Span(start_of(first), start_of(last + timedelta(days=1)))


def running_span(name: str) -> Span:
    """Return the time from the start of this week, say, to the end of today."""
    now = timezone.now()
    start = {period.name: period.start for period in periods(now)}[name]
    return of_days(start.date(), now.astimezone(UTC).date())


def read_span(text: str) -> Span:
    """Return what an address says; raises ValueError."""
    first, separator, last = text.partition(SEPARATOR)
    if not separator:
        raise ValueError(text)
    start, until = moment_of(first), moment_of(last)
    return Span(start, until + timedelta(days=1) if is_day(last) else until)


def moment_of(text: str) -> datetime:
    moment = start_of(date.fromisoformat(text)) if is_day(text) else datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    if not start_of(FIRST_DAY) <= moment <= start_of(LAST_DAY):
        raise ValueError(text)
    return moment


def is_day(text: str) -> bool:
    return "T" not in text


class SoldFilter(admin.SimpleListFilter):
    """The sales of a time (UTC), as the reports count them: neither what is cancelled nor what has no lines."""

    title = "sold"
    parameter_name = "sold"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        names = [*NAMES.items()]
        asked = self.value()
        if asked and asked not in NAMES:
            names.append((asked, asked.replace(SEPARATOR, " to ").replace("T", " ")))
        return names

    def queryset(self, request: HttpRequest, queryset: Any) -> OrderQuerySet:
        asked = self.value()
        if not asked:
            return queryset
        span = running_span(asked) if asked in NAMES else read_span(asked)
        found = queryset.filter(placed_at__gte=span.start, placed_at__lt=span.until)
        return found.sold().with_lines()


class ProductFilter(admin.SimpleListFilter):
    """The orders of one product; shown only where an address asks for it."""

    title = "product"
    parameter_name = "product"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        asked = self.value()
        if not asked:
            return []
        title = Product.objects.filter(pk=int(asked)).values_list("title", flat=True).first()
        return [(asked, title or f"Product {asked}")]

    def queryset(self, request: HttpRequest, queryset: Any) -> OrderQuerySet:
        asked = self.value()
        return queryset.selling(int(asked)) if asked else queryset


def orders_url(**query: Any) -> str:
    """Return the address of the list of orders with these filters."""
    return f"{reverse('admin:store_order_changelist')}?{urlencode(query)}"
