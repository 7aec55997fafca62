import logging
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from outbox.content import render
from outbox.services import queue_mail

from ..models import Order, OrderItem, OrderStatus, OrderStatusChange
from ..money import summed

logger = logging.getLogger(__name__)

CONFIRMATION = "store/mail/order_confirmation.html"
STATUS_CHANGE = "store/mail/order_status.html"
# What has become of an order, after its number.
NEWS: dict[str, str] = {
    OrderStatus.PENDING: "waits for your payment again",
    OrderStatus.PAID: "is paid",
    OrderStatus.SHIPPED: "is on its way",
    OrderStatus.DELIVERED: "has been delivered",
    OrderStatus.CANCELLED: "has been cancelled",
    OrderStatus.REFUNDED: "has been refunded",
}


def queue_confirmation(*, order: Order, items: Iterable[OrderItem]) -> None:
    """Queue the mail that tells a customer what was ordered; none to a user without an address."""
    lines = list(items)
    subtotal = summed(line.total_price for line in lines)
    tax = summed(line.tax for line in lines)
    figures = {"lines": lines, "subtotal": subtotal, "tax": tax, "total": subtotal + tax}
    _queue(order, CONFIRMATION, "confirmation", **figures)


def queue_status_mail(*, order: Order, change: OrderStatusChange) -> None:
    """Queue the mail that tells a customer of a step in the life of their order."""
    news = {"news": NEWS[change.to_status], "change": change}
    _queue(order, STATUS_CHANGE, f"status:{change.pk}", **news)


def _queue(order: Order, template: str, subject: str, **context: Any) -> None:
    try:
        user = order.customer.user
    except ObjectDoesNotExist:
        # Deleted at this moment; the foreign key refuses the order, on SQLite when it is committed.
        return
    if not user.email:
        return
    content = render(template, {"order": order, "name": user.first_name, **context})
    try:
        queue_mail(recipient=user.email, content=content, key=f"order:{order.pk}:{subject}")
    except ValueError as error:
        # An address that no mail can go to, such as one loaded by SQL, is no reason to sell nothing.
        logger.warning("No mail on order %s (%s): %s", order.pk, subject, error)
