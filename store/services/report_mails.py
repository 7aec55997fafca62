import logging
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from outbox.content import render
from outbox.services import File, queue_mail

from ..models.replicas import read_from_copy
from ..money import round_to_cents
from .reports import as_csv, sales_by
from .transactions import atomic

logger = logging.getLogger(__name__)

TEMPLATE = "store/mail/sales_report.html"
COLUMNS = ["day", "orders", "pieces", "revenue"]


def queue_sales_report(*, today: date) -> None:
    """Queue the sales of the last whole week (Monday to Sunday, UTC) to each of ADMINS, once."""
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
    _queue(week, content, file)


@atomic
def _queue(week: str, content: Any, file: File) -> None:
    for _, address in settings.ADMINS:
        try:
            queue_mail(
                recipient=address,
                content=content,
                key=f"sales-report:{week}:{address}",
                files=[file],
            )
        except ValueError as error:
            # One address with a slip in it keeps the report from nobody else.
            logger.error("ADMINS names an address that is none: %s", error)


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
                "revenue": round_to_cents(sold["total"]),
            }
        )
    return rows
