from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from outbox.content import render
from outbox.services import File
from storefront.replicas import read_from_copy

from ..money import displayed
from .reports import as_csv, sales_by
from .staff_mails import queue_to_admins

TEMPLATE = "store/mail/sales_report.html"
COLUMNS = ["day", "orders", "pieces", "revenue"]


def queue_sales_report(*, today: date) -> int:
    """Queue the sales of the last whole week (Monday to Sunday, UTC) to each of ADMINS, once.

    Returns how many mails were queued now.
    """
    monday = today - timedelta(days=today.weekday() + 7)
    week = "{}-W{:02}".format(*monday.isocalendar())
    rows = weekly_sales(monday, monday + timedelta(days=6))
    totals = {
        "orders": sum(row["orders"] for row in rows),
        "pieces": sum(row["pieces"] for row in rows),
        "revenue": sum((row["revenue"] for row in rows), Decimal(0)),
    }
    content = render(TEMPLATE, {"week": week, "rows": rows, "totals": totals})
    csv = as_csv(columns=COLUMNS, rows=rows)
    file = File(f"sales-{week}.csv", "text/csv", csv.encode())
    return queue_to_admins(content=content, key=f"sales-report:{week}", files=[file])


def weekly_sales(start: date, end: date) -> list[dict[str, Any]]:
    """Return a row for each day from one to another, also for those without a sale."""
    sales = read_from_copy(lambda using: sales_by(by="day", start=start, end=end, using=using))
    by_day = {row["period"]: row for row in sales}
    none = {"orders": 0, "pieces": 0, "total": Decimal("0.00")}
    rows = []
    for number in range((end - start).days + 1):
        day = start + timedelta(days=number)
        sold = by_day.get(day, none)
        rows.append(
            {
                "day": day,
                "orders": sold["orders"],
                "pieces": sold["pieces"],
                "revenue": displayed(sold["total"]),
            }
        )
    return rows
