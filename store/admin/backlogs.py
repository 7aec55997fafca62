"""What waits for somebody: each count is one of the rows that its list shows."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Count, Window
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from outbox.models import Mail

from ..models import Order, OrderStatus, Product, Review
from .sales_filters import orders_url

# Statuses of orders that wait -> for what.
WAITING = {
    OrderStatus.PENDING: "to be paid",
    OrderStatus.PAID: "to be shipped",
    OrderStatus.SHIPPED: "on their way",
}
# Products that the page names.
LOW = 5


class Backlog(NamedTuple):
    name: str
    rows: int
    url: str
    # Whether it is bad news where there is any.
    is_bad: bool = False

    @property
    def text(self) -> str:
        return f"{self.rows:,}"


def backlogs(request: HttpRequest) -> list[Backlog]:
    return [*orders_waiting(request), *reviews_held_back(request), *mails_given_up(request)]


def orders_waiting(request: Any) -> Iterator[Backlog]:
    if not request.user.has_perm("store.view_order"):
        return
    orders = Order.objects.filter(status__in=WAITING).order_by().values_list("status")
    counts = dict(orders.annotate(Count("pk")))
    for status, purpose in WAITING.items():
        url = orders_url(status__exact=status.value)
        yield Backlog(f"Orders {purpose}", counts.get(status.value, 0), url)


def reviews_held_back(request: Any) -> Iterator[Backlog]:
    if request.user.has_perm("store.view_review"):
        count = Review.objects.filter(is_approved=False).count()
        yield Backlog("Reviews to moderate", count, list_url("store_review", is_approved__exact=0))


def mails_given_up(request: Any) -> Iterator[Backlog]:
    if request.user.has_perm("outbox.view_mail"):
        count = Mail.objects.given_up().count()
        yield Backlog("Mails that failed", count, list_url("outbox_mail", state="given_up"), True)


def low_stock(request: Any) -> dict[str, Any] | None:
    """Return how many products are low on stock, and those with the fewest pieces."""
    if not request.user.has_perm("store.view_product"):
        return None
    products = Product.objects.low_on_stock()
    # One query for the rows and how many there are of them.
    counted = products.annotate(count=Window(Count("pk"))).order_by("inventory", "pk")
    fewest = counted.values("pk", "title", "inventory", "count")[:LOW]
    rows = [
        {**row, "url": reverse("admin:store_product_change", args=[row["pk"]])} for row in fewest
    ]
    count = rows[0]["count"] if rows else 0
    return {
        "count": count,
        "text": f"{count:,}",
        "rows": rows,
        "url": list_url("store_product", inventory="low"),
    }


def list_url(model: str, **query: Any) -> str:
    return f"{reverse(f'admin:{model}_changelist')}?{urlencode(query)}"
