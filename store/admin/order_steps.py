"""What staff may do with orders: the steps, what each brings about, and the page that asks first."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from storefront.admin.actions import intermediate_page_action

from ..expressions import AmountSum
from ..models import Order, Payment, PaymentStatus
from ..money import displayed
from ..services.order_status import (
    CANCELLED,
    DELIVERED,
    PAID,
    PENDING,
    REFUNDED,
    SHIPPED,
    TRANSITIONS,
)
from .order_forms import ReasonForm, ShipmentForm


class Step(NamedTuple):
    """A move to a status, as people call it."""

    status: str
    # On the button.
    verb: str
    # "Order 7 was ..."
    done: str
    # The admin's word for the right that it takes.
    right: str = "change"

    @property
    def form(self) -> type[ReasonForm]:
        """What the page about one order asks; with many, each has a parcel of its own."""
        return ShipmentForm if self.status == SHIPPED else ReasonForm

    def may_follow(self, status: str) -> bool:
        return self.status in TRANSITIONS[status]


STEPS: dict[str, Step] = {
    step.status: step
    for step in (
        Step(PAID, "Mark as paid", "marked as paid"),
        Step(SHIPPED, "Ship", "shipped"),
        Step(DELIVERED, "Deliver", "delivered"),
        Step(PENDING, "Take up again", "taken up again"),
        Step(REFUNDED, "Refund", "refunded"),
        Step(CANCELLED, "Cancel", "cancelled", right="cancel"),
    )
}


def action_for(step: Step) -> Callable[..., HttpResponse | None]:
    """Return the action of the list that makes a step with many orders."""

    @intermediate_page_action(permissions=[step.right], description=step.verb)
    def move(
        modeladmin: Any, request: HttpRequest, queryset: QuerySet[Order]
    ) -> HttpResponse | None:
        return modeladmin.move_selected(request, queryset, step)

    move.__name__ = f"move_to_{step.status}"
    return move


def effects(step: Step, orders: Sequence[Order]) -> list[str]:
    """Say what a step with these orders brings about for stock, money and mail."""
    return [stock_effect(step, orders), money_effect(step, orders), mail_effect(orders)]


def stock_effect(step: Step, orders: Sequence[Order]) -> str:
    if step.status == CANCELLED:
        return "The pieces go back to stock."
    if any(order.status == CANCELLED for order in orders):
        return "The pieces of a cancelled order are taken from stock again, if there are enough."
    if step.status == REFUNDED:
        return "The pieces stay sold; those that come back are a delivery of their own."
    return "The stock stays as it is."


def money_effect(step: Step, orders: Sequence[Order]) -> str:
    if step.status not in (CANCELLED, REFUNDED):
        return "No money moves."
    payments = Payment.objects.filter(order__in=orders, status=PaymentStatus.SUCCEEDED)
    paid = displayed(payments.aggregate(paid=AmountSum("amount"))["paid"] or Decimal(0))
    goes_back = f"{paid} {settings.STORE_CURRENCY}" if paid else "Nothing"
    return (
        f"{goes_back} paid through a gateway goes back by itself; "
        "what was paid in another way is yours to give back."
    )


def mail_effect(orders: Sequence[Order]) -> str:
    addresses = [order.customer.user.email for order in orders if order.customer.user.email]
    if not addresses:
        return "No mail goes out: there is no address."
    if len(addresses) == 1:
        return f"A mail with the reason goes to {addresses[0]}."
    return f"{len(addresses)} mails with the reason go out, one for each order."
