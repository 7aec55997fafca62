"""The life of an order: which status may follow which, and what each step brings with it."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from ..carriers import carrier_name, one_line
from ..compiled import insert
from ..exceptions import OrderStatusConflict, PaymentStatusConflict
from ..models import Order, OrderStatus, OrderStatusChange, Payment, PaymentStatus
from ..models.versions import invalidate_sales
from ..signals import order_status_changed, order_status_changing, refund_due
from .invoices import credit_invoice_of
from .order_mails import queue_status_mail
from .stock import retake_stock, return_stock
from .transactions import retrying_transaction, run_last

PENDING, PAID, SHIPPED, DELIVERED, CANCELLED, REFUNDED = OrderStatus

# From a status to those that may follow it. An order holds its stock in all of them but cancelled.
TRANSITIONS: dict[str, set[str]] = {
    PENDING: {PAID, CANCELLED},
    PAID: {SHIPPED, CANCELLED},  # cancelled: the stock and the money go back
    SHIPPED: {DELIVERED, REFUNDED},
    DELIVERED: {REFUNDED},  # the money goes back; pieces that come back are a delivery of their own
    CANCELLED: {PENDING, PAID},  # taken up again, if the stock still covers it
    REFUNDED: set(),
}
# The columns that hold each status.
COLUMNS: dict[str, dict[str, str | None]] = {
    # Taken up again by staff, it waits for its payment as long as they like.
    PENDING: {"payment_status": "P", "stage": None, "expires_at": None},
    PAID: {"payment_status": "C", "stage": None},
    SHIPPED: {"payment_status": "C", "stage": SHIPPED},
    DELIVERED: {"payment_status": "C", "stage": DELIVERED},
    CANCELLED: {"payment_status": "F", "stage": None},
    REFUNDED: {"payment_status": "C", "stage": REFUNDED},
}
NOTHING_TO_PAY = "There was nothing to pay."
# Where a payment status that staff set leads.
BY_PAYMENT_STATUS = {
    columns["payment_status"]: status for status, columns in COLUMNS.items() if not columns["stage"]
}


@retrying_transaction
def change_order_status(
    *,
    order: Order,
    status: str,
    by: Any = None,
    reason: str = "",
    seen: str | None = None,
    carrier: str = "",
    tracking_number: str = "",
) -> Order:
    """Move an order along TRANSITIONS, with its stock, history, mail and, where paid, its money.

    Who carries it, and under which number, is said with the step to shipped. `by` is the user who does it, None the shop itself. The status it has already is no change. One that
    is pending again and costs nothing is paid at once.
    Raises OrderStatusConflict, also where the order has no longer the status `seen`, and OutOfStock.
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    previous = order.status
    tracking = tracking_columns(status, carrier, tracking_number)
    if status == previous:
        refuse_other_tracking(order, tracking)
        return order
    if seen not in (None, previous):
        raise OrderStatusConflict(f"The order has become {previous} meanwhile; read it again.")
    if status not in TRANSITIONS[previous]:
        raise OrderStatusConflict(f"An order cannot go from {previous} to {status}.")
    if status == CANCELLED:
        return_stock(order=order)
    elif previous == CANCELLED:
        retake_stock(order=order)
    # The old status stands in the statement, so that of two who try one wins even without the lock.
    if not Order.objects.filter(pk=order.pk, status=previous).update(**COLUMNS[status], **tracking):
        raise OrderStatusConflict("The order has changed meanwhile; read it again.")
    if status in (CANCELLED, REFUNDED):
        make_refunds_due(order)
        credit_invoice_of(order=order)
    order.refresh_from_db(fields=["payment_status", "stage", "status", *tracking])
    change = record_status(order=order, previous=previous, by=by, reason=reason)
    queue_status_mail(order=order, change=change)
    run_last(invalidate_sales)
    if status == PENDING and is_free(order):
        pay_free_order(order=order)
    return order


def tracking_columns(status: str, carrier: str, number: str) -> dict[str, str]:
    """Return what a step writes of the tracking: only a parcel that is shipped has any."""
    if status != SHIPPED:
        return {}
    return {"carrier": carrier_name(carrier), "tracking_number": one_line(number)}


def refuse_other_tracking(order: Order, tracking: dict[str, str]) -> None:
    """Raise OrderStatusConflict where a step that was made already came with another tracking."""
    if any(value and value != getattr(order, name) for name, value in tracking.items()):
        raise OrderStatusConflict("The order is shipped already; correct its tracking instead.")


def is_free(order: Order) -> bool:
    return order.items.exists() and not order.total


def pay_free_order(*, order: Order) -> None:
    """Mark a pending order whose total is zero as paid: no payment will ever arrive for it."""
    change_order_status(order=order, status=PAID, reason=NOTHING_TO_PAY)
    order.refresh_from_db(fields=["payment_status", "stage", "status"])


def change_payment_status(
    *, order: Order, payment_status: str, by: Any = None, seen: str | None = None
) -> Order:
    """Move an order to where a payment status leads: P pending, C paid, F cancelled.

    Raises PaymentStatusConflict, also where the payment status is no longer the one seen, and
    OutOfStock.
    """
    current = Order.objects.get(pk=order.pk)
    previous = current.payment_status
    if payment_status == previous:
        return current
    if seen not in (None, previous):
        raise PaymentStatusConflict(
            f"The payment status has become {previous} meanwhile; read the order again."
        )
    if previous == Order.PAYMENT_STATUS_COMPLETE:
        raise PaymentStatusConflict(
            f"An order cannot go from payment status {previous} to {payment_status}."
        )
    try:
        return change_order_status(
            order=order, status=BY_PAYMENT_STATUS[payment_status], by=by, seen=current.status
        )
    except OrderStatusConflict as error:
        raise PaymentStatusConflict(error.detail) from error


def record_status(
    *, order: Order, previous: str | None, by: Any, reason: str = ""
) -> OrderStatusChange:
    """Write the history row of a step and tell other apps of it, now and after the commit."""
    change = OrderStatusChange(
        order=order,
        from_status=previous,
        to_status=order.status,
        changed_by_id=getattr(by, "pk", None),
        reason=reason,
    )
    insert([change])
    order_status_changing.send(sender=Order, order=order, change=change)
    transaction.on_commit(
        lambda: order_status_changed.send_robust(sender=Order, order=order, change=change)
    )
    return change


def make_refunds_due(order: Order) -> None:
    """Mark what was paid for an order through a gateway as due for refund."""
    paid = Payment.objects.filter(order=order, status=PaymentStatus.SUCCEEDED)
    if paid.update(status=PaymentStatus.REFUND_DUE, changed_at=timezone.now()):
        transaction.on_commit(lambda: refund_due.send_robust(sender=Payment))
