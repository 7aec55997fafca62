"""The reports as pages, with a table, a chart and files of exactly what the table shows."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from ..exceptions import StoreError
from ..money import displayed
from ..services.reports import Row, as_csv, cached_report
from ..services.workbooks import as_xlsx
from .charts import Chart, Point, ranking, series
from .report_definitions import DEFINITIONS, Column, Definition, end_of
from .report_pickers import Picker
from .sales_filters import of_days, orders_url

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What each page of the reports needs, as the API does.
PERMISSION = "store.view_order"
# Rows of a ranking that are drawn; more are a table.
MOST_DRAWN = 10


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    check_permission(request)
    context = {"title": "Reports", "definitions": DEFINITIONS.values()}
    return page(request, "admin/store/reports.html", context)


@require_safe
def report(request: HttpRequest, name: str) -> HttpResponse:
    """Show a report, or why not; a file of it where the address asks for one."""
    check_permission(request)
    definition = DEFINITIONS.get(name)
    if definition is None:
        raise Http404
    picker = Picker(definition, request)
    context: dict[str, Any] = {
        "title": definition.title,
        "definition": definition,
        "picker": picker,
        "media": picker.form.media,
    }
    if not picker.is_valid:
        return page(request, "admin/store/report.html", context, status=400)
    try:
        rows = cached_report(definition.service, **picker.asked)
    except StoreError as refusal:
        context["refusal"] = refusal.detail
        response = page(request, "admin/store/report.html", context, status=refusal.status_code)
        response["Retry-After"] = str(refusal.wait)
        return response
    columns = definition.columns(picker.asked)
    if request.GET.get("download"):
        return download(definition, columns, rows, request.GET["download"])
    context |= shown(request, picker, columns, rows)
    return page(request, "admin/store/report.html", context)


def check_permission(request: Any) -> None:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied


def page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    whole = {**admin.site.each_context(request), **context}
    return TemplateResponse(request, template, whole, status=status)


def download(
    definition: Definition, columns: Sequence[Column], rows: Sequence[Row], form: str
) -> HttpResponse:
    """Return the table as a file."""
    labels = [column.label for column in columns]
    lines = [{column.label: column.value(row) for column in columns} for row in rows]
    if form == "csv":
        response = HttpResponse(as_csv(columns=labels, rows=lines), CSV)
    elif form == "xlsx":
        content = as_xlsx(title=definition.title, columns=labels, rows=lines)
        response = HttpResponse(content, XLSX)
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="{definition.name}.{form}"'
    return response


def shown(
    request: HttpRequest, picker: Picker, columns: Sequence[Column], rows: Sequence[Row]
) -> dict[str, Any]:
    definition = picker.definition
    query = urlencode(picker.shown)
    return {
        "columns": columns,
        "rows": [cells_of(request, picker, columns, row) for row in rows],
        "chart": chart_of(picker, columns, rows),
        "totals": totals_of(rows) if definition.is_series and rows else None,
        "downloads": [
            {"label": form.upper(), "url": f"?{query}{'&' if query else ''}download={form}"}
            for form in ("csv", "xlsx")
        ],
    }


def cells_of(
    request: HttpRequest, picker: Picker, columns: Sequence[Column], row: Row
) -> list[dict[str, Any]]:
    head = name_column(picker.definition)
    return [
        {
            "text": column.text(row),
            "is_number": column.is_number,
            "is_time": column.is_time,
            "is_head": column.name == head,
            "url": url_of(request, picker, columns, row) if column.name == head else "",
        }
        for column in columns
    ]


def name_column(definition: Definition) -> str:
    """Return the column that names a row."""
    return definition.drawn[0] if definition.drawn else next(iter(definition.row().get_fields()))


def url_of(request: Any, picker: Picker, columns: Sequence[Column], row: Row) -> str:
    """Return the page behind a row, for those who may see it."""
    definition, user = picker.definition, request.user
    if definition.is_series and not {"product", "collection"} & picker.given.keys():
        start = row["period"]
        end = min(end_of(start, picker.asked["by"]), picker.asked["end"])
        start = max(start, picker.asked["start"])
        return orders_url(sold=of_days(start, end))
    if definition.link is None:
        return ""
    _, model, key = definition.link
    if not user.has_perm(f"store.view_{model}"):
        return ""
    keys = {column.name: column.value(row) for column in columns}
    return reverse(f"admin:store_{model}_change", args=[keys[key]])


def chart_of(picker: Picker, columns: Sequence[Column], rows: Sequence[Row]) -> Chart | None:
    definition = picker.definition
    value_name = definition.value_drawn(picker.asked)
    if definition.drawn is None or not rows:
        return None
    found = {column.name: column for column in columns}
    name, value = found[definition.drawn[0]], found[value_name or ""]
    if definition.is_series:
        return series(
            key="report",
            title=f"{value.label} by {picker.asked['by']}",
            points=filled(picker, rows),
        )
    points = [
        Point(name.text(row), Decimal(value.value(row) or 0), value.text(row))
        for row in rows[:MOST_DRAWN]
    ]
    return ranking(key="report", title=value.label, points=points)


def filled(picker: Picker, rows: Sequence[Row]) -> list[Point]:
    """Return a point for each day, week or month, also for those without a sale."""
    by = picker.asked["by"]
    totals = {row["period"]: row["total"] for row in rows}
    start, points = beginning_of(picker.asked["start"], by), []
    while start <= picker.asked["end"]:
        total = displayed(totals.get(start, Decimal(0)))
        label = f"{start:%b %Y}" if by == "month" else f"{start.day} {start:%b}"
        points.append(Point(label, total, f"{settings.STORE_CURRENCY} {total:,}"))
        start = end_of(start, by) + timedelta(days=1)
    return points


def beginning_of(day: date, by: str) -> date:
    if by == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if by == "week" else day


def totals_of(rows: Sequence[Row]) -> dict[str, str]:
    total = displayed(sum((row["total"] for row in rows), Decimal(0)))
    return {
        "Revenue": f"{settings.STORE_CURRENCY} {total:,}",
        "Orders": f"{sum(row['orders'] for row in rows):,}",
        "Pieces": f"{sum(row['pieces'] for row in rows):,}",
    }
