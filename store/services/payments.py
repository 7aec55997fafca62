import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, prefetch_related_objects
from django.utils import timezone

from outbox.content import Content, render

from ..exceptions import GatewayUnavailable, NoGateway, OrderNotPayable
from ..gateways import Gateway, GatewayError, GatewayPayment, payment_gateway
from ..models import Order, Payment, PaymentStatus
from ..models.orders import OrderQuerySet
from ..money import displayed
from .order_status import CANCELLED, PENDING, change_order_status
from .staff_mails import queue_to_admins
from .transactions import retrying_transaction

logger = logging.getLogger(__name__)

# Beyond the end of its time, of an order whose payment has just begun.
PAYING_TIME = timedelta(minutes=15)
REFUND_REPORT = "store/mail/payment_refund.html"


def start_payment(
    *, order: Order, webhook_url: str, return_url: str = "", cancel_url: str = ""
) -> Payment:
    """Return the open payment of a pending order at the shop's gateway, made if there is none.

    One that is open already leads back to where it was asked to when it was made.

    Raises NoGateway, OrderNotPayable, and GatewayUnavailable where the gateway does not answer; the
    payment waits then, and the next call finishes it.
    """
    gateway = payment_gateway()
    if gateway is None:
        raise NoGateway
    addresses = {"return_url": return_url, "cancel_url": cancel_url}
    payment = _open_payment(order=order, gateway=gateway.name, **addresses)
    if payment.reference is None:
        # Between two transactions: nobody waits for a gateway while holding a lock.
        try:
            made = gateway.create_payment(
                key=str(payment.key),
                amount=displayed(payment.amount),
                currency=settings.STORE_CURRENCY,
                description=f"Order {order.pk}",
                webhook_url=webhook_url,
                return_url=payment.return_url,
                cancel_url=payment.cancel_url,
            )
        except GatewayError as error:
            logger.error("Payment %s was not made: %s", payment.pk, error)
            raise GatewayUnavailable from error
        _keep_reference(payment, made)
    return payment


@retrying_transaction
def _open_payment(*, order: Order, gateway: str, **addresses: str) -> Payment:
    order = Order.objects.select_for_update().get(pk=order.pk)
    if order.status != PENDING:
        raise OrderNotPayable
    found = order.payments.filter(status=PaymentStatus.OPEN, gateway=gateway).first()
    if found:
        return found
    prefetch_related_objects([order], "items")
    if not order.total:
        # Of orders from before they were paid when they are placed, and of those without a line; staff mark
        # them as paid. No gateway takes a payment of nothing.
        raise OrderNotPayable("There is nothing to pay for this order.")
    return Payment.objects.create(order=order, gateway=gateway, amount=order.total, **addresses)


def _keep_reference(payment: Payment, made: GatewayPayment) -> None:
    payment.reference, payment.checkout_url = made
    payment.save(update_fields=["reference", "checkout_url"])


def refund_payments() -> int:
    """Give back, at the gateway, every payment that is due for refund, and report it to ADMINS.

    Returns how many were given back; the others wait for the next time.
    """
    refunded = 0
    gateway = payment_gateway()
    due = Payment.objects.filter(status=PaymentStatus.REFUND_DUE).order_by("pk")
    for payment_id in list(due.values_list("pk", flat=True)):
        try:
            refunded += _refund(payment_id=payment_id, gateway=gateway)
        except GatewayError as error:
            logger.warning("Payment %s waits for its refund: %s", payment_id, error)
        except Exception:
            # Whatever is wrong with one must not keep back those behind it.
            logger.exception("Payment %s waits for its refund", payment_id)
    return refunded


def _refund(*, payment_id: int, gateway: Gateway | None) -> bool:
    payment = Payment.objects.get(pk=payment_id)
    if payment.status != PaymentStatus.REFUND_DUE:
        # Another worker, or an event of the gateway, was first.
        return False
    if gateway is None or gateway.name != payment.gateway:
        logger.error("Payment %s is due for refund at a gateway that is gone", payment.pk)
        return False
    # Under the payment's key: a second worker, or one after a crash, gives it back no second time.
    gateway.refund(
        key=str(payment.key), reference=payment.reference or "", amount=displayed(payment.amount)
    )
    _mark_refunded(payment_id=payment.pk)
    return True


@retrying_transaction
def _mark_refunded(*, payment_id: int) -> None:
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    if payment.status == PaymentStatus.REFUND_DUE:
        finish_refund(payment)


def finish_refund(payment: Payment) -> None:
    """Mark a payment, which the caller has locked, as given back, and report it to ADMINS."""
    set_status(payment, PaymentStatus.REFUNDED)
    logger.warning("Payment %s of order %s was refunded", payment.pk, payment.order_id)
    content = report_on(REFUND_REPORT, payment)
    queue_to_admins(content=content, key=f"payment:{payment.pk}:refund")


def report_on(template: str, payment: Payment, **context: Any) -> Content:
    return render(template, {"payment": payment, "currency": settings.STORE_CURRENCY, **context})


def cancel_overdue_orders() -> int:
    """Cancel each unpaid order whose time is over, while STORE_PAYMENT_TIMEOUT is on.

    Returns how many were cancelled.
    """
    cancelled = 0
    if not settings.STORE_PAYMENT_TIMEOUT:
        return cancelled
    for order_id in list(overdue_orders().order_by("pk").values_list("pk", flat=True)):
        try:
            cancelled += _cancel_overdue(order_id=order_id)
        except Exception:
            # Whatever is wrong with one must not keep back those behind it.
            logger.exception("Order %s is overdue and was not cancelled", order_id)
    return cancelled


def overdue_orders() -> OrderQuerySet:
    """Keep the unpaid orders whose time is over; one that somebody is about to pay has some more."""
    now = timezone.now()
    begun = Payment.objects.begun_since(now - PAYING_TIME).filter(order=OuterRef("pk"))
    return (
        Order.objects.expiring()
        .filter(expires_at__lte=now)
        .filter(~Exists(begun) | Q(expires_at__lte=now - PAYING_TIME))
    )


@retrying_transaction
def _cancel_overdue(*, order_id: int) -> bool:
    order = Order.objects.expiring().select_for_update().filter(pk=order_id).first()
    if order is None:
        # Paid, cancelled, deleted or taken up again at this moment.
        return False
    change_order_status(order=order, status=CANCELLED, reason="No payment arrived in time.")
    return True


def set_status(payment: Payment, status: str) -> None:
    payment.status, payment.changed_at = status, timezone.now()
    payment.save(update_fields=["status", "changed_at"])
