import logging
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from outbox.content import render
from outbox.services import queue_mail
from outbox.typed import holds_web_address

from ..models import Address, Order, OrderItem, OrderStatus, OrderStatusChange, TrackingChange
from ..money import summed

logger = logging.getLogger(__name__)

CONFIRMATION = "store/mail/order_confirmation.html"
STATUS_CHANGE = "store/mail/order_status.html"
TRACKING = "store/mail/order_tracking.html"
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
    """Queue the mail that tells a customer what was ordered."""
    lines = list(items)
    subtotal = summed(line.total_price for line in lines)
    tax = summed(line.tax for line in lines)
    figures = {"lines": lines, "subtotal": subtotal, "tax": tax, "total": subtotal + tax}
    if user := mailed_user(order):
        address = mailed_address(order, user)
        _queue(order, user, CONFIRMATION, "confirmation", address=address, **figures)


def queue_status_mail(*, order: Order, change: OrderStatusChange) -> None:
    """Queue the mail that tells a customer of a step in the life of their order."""
    if user := mailed_user(order):
        # The reason of the shop, not what who uses the account typed.
        reason = change.reason if change.changed_by_id != user.pk else ""
        news = {"news": NEWS[change.to_status], "change": change, "reason": reason}
        _queue(order, user, STATUS_CHANGE, f"status:{change.pk}", **news)


def queue_tracking_mail(*, order: Order, change: TrackingChange) -> None:
    """Queue the mail that tells a customer where their parcel is looked for now."""
    if user := mailed_user(order):
        _queue(order, user, TRACKING, f"tracking:{change.pk}")


def mailed_user(order: Order) -> Any:
    """Return whose order it is, None where no mail may go to them."""
    try:
        user = order.customer.user
    except ObjectDoesNotExist:
        # Deleted at this moment; the foreign key refuses the order, on SQLite when it is committed.
        return None
    return user if user.is_mailable else None


def mailed_address(order: Order, user: Any) -> Address | None:
    """Return where the order goes, None where it may be a message of a stranger."""
    address = order.shipping_address
    if address is None or not user.has_confirmed_email:
        return None
    texts = [getattr(address, name) for name in Address.FIELDS]
    return None if holds_web_address(*texts) else address


def _queue(order: Order, user: Any, template: str, subject: str, **context: Any) -> None:
    content = render(template, {"order": order, "name": user.greeting_name, **context})
    try:
        queue_mail(recipient=user.email, content=content, key=f"order:{order.pk}:{subject}")
    except ValueError as error:
        # An address that no mail can go to, such as one loaded by SQL, is no reason to sell nothing.
        logger.warning("No mail on order %s (%s): %s", order.pk, subject, error)
