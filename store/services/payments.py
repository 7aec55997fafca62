import logging
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from outbox.content import render

from ..exceptions import (
    GatewayUnavailable,
    NoGateway,
    OrderNotPayable,
    OrderStatusConflict,
    WebhookRefused,
)
from ..gateways import (
    BadEvent,
    Event,
    Gateway,
    GatewayError,
    GatewayPayment,
    payment_gateway,
)
from ..models import Order, OrderStatus, Payment, PaymentEvent, PaymentStatus
from ..signals import refund_due
from .order_status import CANCELLED, PAID, PENDING, REFUNDED, change_order_status
from .staff_mails import queue_to_admins
from .transactions import atomic

logger = logging.getLogger(__name__)

REFUND_REPORT = "store/mail/payment_refund.html"


def start_payment(*, order: Order, webhook_url: str) -> Payment:
    """Return the open payment of a pending order at the shop's gateway, made if there is none.

    Raises NoGateway, OrderNotPayable, and GatewayUnavailable where the gateway does not answer; the
    payment waits then, and the next call finishes it.
    """
    gateway = payment_gateway()
    if gateway is None:
        raise NoGateway
    payment = _open_payment(order=order, gateway=gateway.name)
    if payment.reference is None:
        # Between two transactions: nobody waits for a gateway while holding a lock.
        try:
            made = gateway.create_payment(
                key=str(payment.key),
                amount=payment.amount,
                currency=settings.STORE_CURRENCY,
                description=f"Order {order.pk}",
                webhook_url=webhook_url,
            )
        except GatewayError as error:
            logger.warning("Payment %s was not made: %s", payment.pk, error)
            raise GatewayUnavailable from error
        _keep_reference(payment, made)
    return payment


@atomic
def _open_payment(*, order: Order, gateway: str) -> Payment:
    order = Order.objects.select_for_update().get(pk=order.pk)
    if order.status != PENDING:
        raise OrderNotPayable
    found = order.payments.filter(status=PaymentStatus.OPEN, gateway=gateway).first()
    return found or Payment.objects.create(order=order, gateway=gateway, amount=order.total)


def _keep_reference(payment: Payment, made: GatewayPayment) -> None:
    payment.reference, payment.checkout_url = made
    payment.save(update_fields=["reference", "checkout_url"])


def read_and_receive_event(*, gateway: Gateway, body: bytes, headers: Mapping[str, str]) -> None:
    """Check who sent a delivery and heed it; raises WebhookRefused."""
    try:
        event = gateway.read_event(body=body, headers=headers)
    except BadEvent as error:
        logger.warning("A delivery to the webhook was refused: %s", error)
        raise WebhookRefused(str(error)) from error
    receive_event(gateway=gateway, event=event, payload=body.decode())


@atomic
def receive_event(*, gateway: Gateway, event: Event, payload: str) -> PaymentEvent:
    """Record what a gateway tells and do what follows from it, once however often it is delivered."""
    digest = sha256(event.id.encode()).hexdigest()
    record, created = PaymentEvent.objects.get_or_create(
        gateway=gateway.name,
        digest=digest,
        defaults={"event_id": event.id[:255], "kind": event.kind, "payload": payload},
    )
    if not created:
        return record
    payment = _lock_payment(gateway.name, event.key)
    if payment is None:
        record.outcome = "no payment of this shop"
    elif event.amount != payment.amount:
        logger.error("Event %s names another amount than payment %s", record.pk, payment.pk)
        record.outcome = "another amount than the payment's"
    else:
        record.outcome = _heed(event, payment)
    record.payment = payment
    record.save(update_fields=["payment", "outcome"])
    return record


def _lock_payment(gateway: str, key: str) -> Payment | None:
    """Lock a payment and, before it, its order, as everything that changes the two does."""
    try:
        payment = Payment.objects.filter(gateway=gateway, key=UUID(key)).first()
    except ValueError:
        return None
    if payment is None:
        return None
    if payment.order_id is not None:
        Order.objects.select_for_update().filter(pk=payment.order_id).first()
    return Payment.objects.select_for_update().get(pk=payment.pk)


def _heed(event: Event, payment: Payment) -> str:
    """Do what an event brings about, whatever came before it, and say in a few words what that was."""
    match event.kind, payment.status:
        case "succeeded", PaymentStatus.OPEN | PaymentStatus.FAILED:
            return _take_money(payment)
        case "failed", PaymentStatus.OPEN:
            _set_status(payment, PaymentStatus.FAILED)
            return "failed"
        case "refunded", PaymentStatus.REFUNDED:
            return "nothing: refunded already"
        case "refunded", _:
            return _lose_money(payment)
    # A failure that a success overtook, or a success that a refund overtook.
    return f"nothing: {payment.status} already"


def _take_money(payment: Payment) -> str:
    order = payment.order
    _set_status(payment, PaymentStatus.SUCCEEDED)
    if order is not None and order.status == PENDING:
        change_order_status(order=order, status=PAID, reason="The payment has arrived.")
        return "paid the order"
    if order is not None and order.status != CANCELLED and not _is_paid_twice(order):
        # Staff saw the money first and marked the order.
        return "the order was marked as paid"
    _set_status(payment, PaymentStatus.REFUND_DUE)
    transaction.on_commit(lambda: refund_due.send_robust(sender=Payment))
    return "refund due: the order takes no money"


def _is_paid_twice(order: Order) -> bool:
    return order.status == REFUNDED or (
        order.payments.filter(status=PaymentStatus.SUCCEEDED).count() > 1
    )


def _lose_money(payment: Payment) -> str:
    """Follow a refund that was made at the gateway."""
    order = payment.order
    was_paid = payment.status == PaymentStatus.SUCCEEDED
    _set_status(payment, PaymentStatus.REFUNDED)
    if order is None or not was_paid:
        return "refunded"
    follows = {OrderStatus.PAID: CANCELLED, OrderStatus.SHIPPED: REFUNDED}
    follows[OrderStatus.DELIVERED] = REFUNDED
    if order.status in follows:
        change_order_status(
            order=order, status=follows[order.status], reason="The payment was refunded."
        )
    return "refunded, and the order with it"


def refund_payments() -> None:
    """Give back, at the gateway, every payment that is due for refund, and report it to ADMINS."""
    gateway = payment_gateway()
    for payment in Payment.objects.filter(status=PaymentStatus.REFUND_DUE).order_by("pk"):
        if gateway is None or gateway.name != payment.gateway:
            logger.error("Payment %s is due for refund at a gateway that is gone", payment.pk)
            continue
        try:
            # Under the payment's key: a second worker, or one after a crash, gives it back no second time.
            gateway.refund(
                key=str(payment.key), reference=payment.reference or "", amount=payment.amount
            )
        except GatewayError as error:
            logger.warning("Payment %s waits for its refund: %s", payment.pk, error)
            continue
        _mark_refunded(payment_id=payment.pk)


@atomic
def _mark_refunded(*, payment_id: int) -> None:
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    if payment.status != PaymentStatus.REFUND_DUE:
        return
    _set_status(payment, PaymentStatus.REFUNDED)
    logger.warning("Payment %s of order %s was refunded", payment.pk, payment.order_id)
    content = render(REFUND_REPORT, {"payment": payment, "currency": settings.STORE_CURRENCY})
    queue_to_admins(content=content, key=f"payment:{payment.pk}:refund")


def cancel_overdue_orders() -> None:
    """Cancel each pending order whose payment has been open for STORE_PAYMENT_TIMEOUT minutes; 0: none."""
    if not settings.STORE_PAYMENT_TIMEOUT:
        return
    last = timezone.now() - timedelta(minutes=settings.STORE_PAYMENT_TIMEOUT)
    overdue = Order.objects.filter(pk__in=Payment.objects.open_since(last).values("order"))
    for order in overdue.order_by("pk"):
        try:
            change_order_status(
                order=order,
                status=CANCELLED,
                reason="No payment arrived in time.",
                seen=PENDING,
            )
        except (OrderStatusConflict, Order.DoesNotExist):
            # Paid, cancelled or deleted at this moment.
            continue


def _set_status(payment: Payment, status: str) -> None:
    payment.status, payment.changed_at = status, timezone.now()
    payment.save(update_fields=["status", "changed_at"])
