"""The first page of the admin: what was sold, and what waits for somebody; each figure leads to its rows."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from ..exceptions import StoreError
from ..models import Order
from ..money import displayed
from ..services.reports import Row, cached_report
from ..services.sales_so_far import DAYS, SELLERS_DAYS, Period, periods, sales_so_far
from .backlogs import backlogs, low_stock
from .charts import Point, percent, ranking, series
from .first_steps import first_steps
from .sales_filters import NAMES, Span, of_days, orders_url

BEFORE = {"today": "yesterday", "week": "last week", "month": "last month"}
# Best sellers that the page lists.
SELLERS = 5
# Own actions that the page lists.
ACTIONS = 8


def index(request: HttpRequest) -> HttpResponse:
    found = panels(request)
    if found.get("steps"):
        # Zeros tell a new shop nothing.
        found["backlogs"] = [backlog for backlog in found["backlogs"] if backlog.rows]
        if found["low_stock"] and not found["low_stock"]["count"]:
            del found["low_stock"]
    context = {
        **admin.site.each_context(request),
        "title": admin.site.index_title,
        "actions": own_actions(request),
        **found,
    }
    return TemplateResponse(request, "admin/store/dashboard.html", context)


def panels(request: HttpRequest) -> dict[str, Any]:
    """Return what the person may see; what counts orders fails alone."""
    # One minute is one report for everybody.
    now = timezone.now().replace(second=0, microsecond=0)
    found: dict[str, Any] = {"backlogs": backlogs(request), "low_stock": low_stock(request)}
    if not request.user.has_perm("store.view_order"):
        return found | {"steps": first_steps(request, has_orders=None)}
    try:
        sales = cached_report(sales_so_far, now=now, sellers=SELLERS)[0]
        found |= sales_panel(sales, now)
        if not any(day["orders"] for day in sales["days"]):
            found["steps"] = first_steps(request, has_orders=Order.objects.exists())
        else:
            found |= sellers_panel(request, sales)
    except StoreError as refusal:
        found["refusal"] = refusal.detail
    return found


def sales_panel(sales: Row, now: datetime) -> dict[str, Any]:
    today = sales["days"][-1]["period"]
    points = [
        Point(
            f"{row['period'].day} {row['period']:%b}", displayed(row["total"]), money(row["total"])
        )
        for row in sales["days"]
    ]
    title = f"Revenue of each of the last {DAYS} days"
    rows = [day_row(row) for row in reversed(sales["days"])]
    return {
        "figures": [
            figure(period, sales["periods"][period.name], today) for period in periods(now)
        ],
        "chart": series(key="sales", title=title, points=points),
        "days": rows,
        "days_url": orders_url(sold=of_days(sales["days"][0]["period"], today)),
    }


def figure(period: Period, found: Row, today: date) -> dict[str, Any]:
    """Compare what a period brought in so far with as much of the one before."""
    sold, before = found["sold"], found["before"]
    return {
        "name": NAMES[period.name],
        "before_name": BEFORE[period.name],
        "orders": counted(sold["orders"], "order"),
        "text": money(sold["total"]),
        "url": orders_url(sold=period.name),
        "before": money(before["total"]),
        "before_url": orders_url(sold=Span(period.before, period.before_until)),
        "change": change(sold["total"], before["total"]),
    }


def change(total: Decimal, before: Decimal) -> dict[str, Any] | None:
    """Say by how many hundredths an amount is above or below another; None where that was nothing."""
    if not before:
        return None
    difference = round(percent(total - before, before))
    word = "up" if difference > 0 else "down" if difference < 0 else "as much as"
    return {"word": word, "percent": f"{abs(difference):,}"}


def day_row(row: Row) -> dict[str, Any]:
    day = row["period"]
    url = orders_url(sold=of_days(day, day)) if row["orders"] else ""
    return {
        "day": day,
        "orders": f"{row['orders']:,}",
        "pieces": f"{row['pieces']:,}",
        "total": money(row["total"]),
        "url": url,
    }


def sellers_panel(request: Any, sales: Row) -> dict[str, Any]:
    rows, today = sales["sellers"], sales["days"][-1]["period"]
    start = today - timedelta(days=SELLERS_DAYS - 1)
    sees_products = request.user.has_perm("store.view_product")
    sellers = [
        {
            "title": row["product__title"],
            "url": product_url(row["product_id"]) if sees_products else "",
            "orders": row["orders"],
            "pieces": row["pieces"],
            "total": money(row["total"]),
            "orders_url": orders_url(sold=of_days(start, today), product=row["product_id"]),
        }
        for row in rows
    ]
    points = [
        Point(row["product__title"], displayed(row["total"]), money(row["total"])) for row in rows
    ]
    title = f"Revenue of the best sellers of {SELLERS_DAYS} days"
    return {"sellers": sellers, "sellers_chart": ranking(key="sellers", title=title, points=points)}


def product_url(key: int) -> str:
    return reverse("admin:store_product_change", args=[key])


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def money(amount: Decimal) -> str:
    return f"{settings.STORE_CURRENCY} {displayed(amount):,}"


def own_actions(request: Any) -> list[LogEntry]:
    """Return what the person did last in the admin."""
    entries = LogEntry.objects.filter(user_id=request.user.pk)
    return list(entries.select_related("content_type").order_by("-action_time", "-pk")[:ACTIONS])
