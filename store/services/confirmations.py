import logging
from collections.abc import Iterable
from decimal import Decimal

from django.core.exceptions import ObjectDoesNotExist

from outbox.content import render
from outbox.services import queue_mail

from ..models import Order, OrderItem
from ..money import round_to_cents

logger = logging.getLogger(__name__)

TEMPLATE = "store/mail/order_confirmation.html"


def queue_confirmation(*, order: Order, items: Iterable[OrderItem]) -> None:
    """Queue the mail that tells a customer what was ordered; none to a user without an address."""
    try:
        user = order.customer.user
    except ObjectDoesNotExist:
        # Deleted at this moment; the foreign key refuses the order, on SQLite when it is committed.
        return
    if not user.email:
        return
    lines = list(items)
    total = sum((line.total_price for line in lines), Decimal(0))
    content = render(
        TEMPLATE,
        {
            "order": order,
            "lines": lines,
            "total": round_to_cents(total),
            "name": user.first_name,
        },
    )
    try:
        queue_mail(recipient=user.email, content=content, key=f"order:{order.pk}:confirmation")
    except ValueError as error:
        # An address that no mail can go to, such as one loaded by SQL, is no reason to sell nothing.
        logger.warning("Order %s is not confirmed by mail: %s", order.pk, error)
