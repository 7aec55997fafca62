"""The calendar of promotions: which ones run in a month, on what and for whom."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format

from storefront.admin.list_tools import ListTool, with_list_tools

from ..models import Product, Promotion
from ..validators import FIRST_DAY, LAST_DAY
from .lists import LongListAdmin

# Promotions that one page draws.
MOST = 200
NO_MONTH = "There is no such month; this is the current one."
# Names of collections and tags that one promotion shows.
NAMED = 10

Names = dict[int, list[str]]


class Month(NamedTuple):
    year: int
    month: int

    @classmethod
    def of(cls, moment: datetime) -> "Month":
        here = timezone.localtime(moment)
        return cls(here.year, here.month)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def start(self) -> datetime:
        """Its first moment, in the time of the shop."""
        return timezone.make_aware(datetime.combine(self.first, time.min))

    def moved(self, months: int) -> "Month | None":
        """Return the month so many later, None beyond those that promotions may have."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, month + 1) if FIRST_DAY.year <= year <= LAST_DAY.year else None

    @property
    def end(self) -> datetime:
        following = self.moved(1)
        last = self.first + timedelta(days=32)
        return (following or Month(last.year, last.month)).start

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range(monthrange(*self)[1])]

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


class Bar(NamedTuple):
    """A promotion in a month; `left` and `width` are percents of the month."""

    promotion: Promotion
    left: str
    width: str
    period: str
    targets: list[str]

    @property
    def discount(self) -> str:
        return percent_of(self.promotion)

    @property
    def css(self) -> str:
        return self.promotion.state.lower().replace(" ", "-")


def percent_of(promotion: Promotion) -> str:
    return f"{promotion.discount * 100:g} %"


def month_named(text: str) -> Month | None:
    """Return the month of a text such as 2026-12, None for any other text."""
    year, _, month = text.partition("-")
    is_written = text.isascii() and year.isdigit() and month.isdigit()
    if not is_written or (len(year), len(month)) != (4, 2):
        return None
    is_there = FIRST_DAY.year <= int(year) <= LAST_DAY.year and 1 <= int(month) <= 12
    return Month(int(year), int(month)) if is_there else None


def running_within(month: Month) -> Any:
    """Return the promotions that price something at some moment of a month, the first to begin first."""
    dated = Promotion.objects.exclude(starts_at=None, ends_at=None)
    begun = dated.filter(Q(starts_at=None) | Q(starts_at__lt=month.end))
    return begun.filter(Q(ends_at=None) | Q(ends_at__gt=month.start)).order_by(
        "starts_at", "ends_at", "pk"
    )


def bar_of(promotion: Promotion, month: Month, targets: list[str]) -> Bar:
    length = month.end - month.start
    start = max(promotion.starts_at or month.start, month.start)
    end = min(promotion.ends_at or month.end, month.end)
    left, width = (100 * (part / length) for part in (start - month.start, end - start))
    return Bar(promotion, f"{left:.2f}", f"{width:.2f}", period_of(promotion), targets)


def period_of(promotion: Promotion) -> str:
    begin, end = (
        moment and date_format(timezone.localtime(moment), "j M Y, H:i")
        for moment in (promotion.starts_at, promotion.ends_at)
    )
    if begin and end:
        return f"{begin} to {end}"
    return f"from {begin}, without an end" if begin else f"until {end}"


class PromotionTargets(LongListAdmin):
    """What promotions are for; a subclass adds what other apps give them to."""

    def targets(self, promotions: Iterable[Promotion]) -> Names:
        """Return the names of what each promotion is for, but the products that have it by themselves."""
        return named_by_promotion(
            Promotion.collections.through.objects.filter(promotion__in=list(promotions)),
            "collection__title",
            "collection",
        )


def named_by_promotion(rows: Any, column: str, kind: str) -> Names:
    """Return by promotion the names of what it is for, in one query."""
    found: Names = defaultdict(list)
    for key, name in rows.order_by(column, "pk").values_list("promotion", column):
        found[key].append(f"{kind} “{name}”")
    return found


def product_counts(promotions: Iterable[Promotion]) -> dict[int, int]:
    rows = Product.promotions.through.objects.filter(promotion__in=list(promotions))
    return dict(rows.order_by().values_list("promotion").annotate(Count("pk")))


class CalendarMixin(PromotionTargets):
    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.calendar_view)
        return [path("calendar/", view, name="store_promotion_calendar"), *super().get_urls()]

    def changelist_view(self, request: Any, extra_context: Any = None) -> HttpResponse:
        tool = ListTool("Calendar", reverse("admin:store_promotion_calendar"))
        return super().changelist_view(request, with_list_tools(extra_context, tool))

    def calendar_view(self, request: HttpRequest) -> HttpResponse:
        """Show the promotions that run in a month."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        now = timezone.now()
        asked = request.GET.get("month", "")
        named = month_named(asked)
        month = named or Month.of(now)
        if asked and named is None:
            self.message_user(request, NO_MONTH, messages.WARNING)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Promotions in {date_format(month.first, 'F Y')}",
            "opts": self.opts,
            "media": self.media,
            "month": month,
            "days": month.days,
            "weekend": (5, 6),
            "bars": self.bars(month),
            "previous": month.moved(-1),
            "following": month.moved(1),
            "today": f"{100 * ((now - month.start) / (month.end - month.start)):.2f}",
            "is_current": month == Month.of(now),
            "zone": timezone.get_current_timezone_name(),
            "most": MOST,
        }
        return TemplateResponse(request, "admin/store/promotion_calendar.html", context)

    def bars(self, month: Month) -> list[Bar]:
        promotions = list(running_within(month)[: MOST + 1])
        counts, named = product_counts(promotions), self.targets(promotions)
        bars = []
        for promotion in promotions:
            names = named.get(promotion.pk, [])
            more = [f"{len(names) - NAMED} more"] if len(names) > NAMED else []
            count = counts.get(promotion.pk)
            products = [f"{count} product{'s' * (count > 1)}"] if count else []
            bars.append(bar_of(promotion, month, [*products, *names[:NAMED], *more]))
        return bars
