import logging
from collections.abc import Mapping
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from ..exceptions import WebhookRefused
from ..gateways import BadEvent, Event, Gateway
from ..models import Order, Payment, PaymentEvent, PaymentStatus
from ..signals import refund_due
from .order_status import (
    CANCELLED,
    DELIVERED,
    PAID,
    PENDING,
    REFUNDED,
    SHIPPED,
    change_order_status,
)
from .payments import finish_refund, report_on, set_status
from .staff_mails import queue_to_admins
from .transactions import retrying_transaction

logger = logging.getLogger(__name__)

AMOUNT_REPORT = "store/mail/payment_amount.html"
# Where an order goes whose money the gateway has given back.
REVERSED = {PAID: CANCELLED, SHIPPED: REFUNDED, DELIVERED: REFUNDED}


def read_and_receive_event(*, gateway: Gateway, body: bytes, headers: Mapping[str, str]) -> None:
    """Check who sent a delivery and apply its event; raises WebhookRefused."""
    try:
        event = gateway.read_event(body=body, headers=headers)
    except BadEvent as error:
        logger.warning("A delivery to the webhook was refused: %s", error)
        raise WebhookRefused(str(error)) from error
    if event is None:
        return
    if not (event.id and event.id.isprintable() and event.amount.is_finite()):
        raise WebhookRefused("The event cannot be recorded.")
    payload = body.decode(errors="backslashreplace").replace("\0", "\\0")
    receive_event(gateway=gateway, event=event, payload=payload)


@retrying_transaction
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
        logger.warning("Event %s is of no payment of this shop", record.pk)
        record.outcome = "no payment of this shop"
    elif event.amount != payment.amount:
        record.outcome = "another amount than the payment's"
        _report_amount(record, event, payment)
    else:
        record.outcome = _apply_event(event, payment)
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


def _apply_event(event: Event, payment: Payment) -> str:
    """Do what an event brings about, whatever came before it, and say in a few words what that was."""
    if payment.reference is None and event.reference:
        # The response that held it was lost; a refund needs it.
        payment.reference = event.reference[:255]
        payment.save(update_fields=["reference"])
    match event.kind, payment.status:
        case "succeeded", PaymentStatus.OPEN | PaymentStatus.FAILED:
            return _take_money(payment)
        case "failed", PaymentStatus.OPEN:
            set_status(payment, PaymentStatus.FAILED)
            return "failed"
        case "refunded", PaymentStatus.SUCCEEDED:
            return _reverse(payment)
        case "refunded", PaymentStatus.REFUND_DUE:
            # The shop asked for it: the event arrived before the response.
            finish_refund(payment)
            return "refunded, as the shop asked"
        case "refunded", PaymentStatus.OPEN | PaymentStatus.FAILED:
            # The success that comes late is of money that has gone back.
            set_status(payment, PaymentStatus.REFUNDED)
            return "refunded before it succeeded"
    # A failure that a success overtook, or a success that a refund overtook.
    return f"nothing: {payment.status} already"


def _take_money(payment: Payment) -> str:
    order = payment.order
    set_status(payment, PaymentStatus.SUCCEEDED)
    if order is not None and order.status == PENDING:
        change_order_status(order=order, status=PAID, reason="The payment has arrived.")
        return "paid the order"
    if order is not None and order.status != CANCELLED and not _is_paid_twice(order):
        # Staff saw the money first and marked the order.
        return "the order was marked as paid"
    set_status(payment, PaymentStatus.REFUND_DUE)
    transaction.on_commit(lambda: refund_due.send_robust(sender=Payment))
    return "refund due: the order takes no money"


def _is_paid_twice(order: Order) -> bool:
    return order.status == REFUNDED or (
        order.payments.filter(status=PaymentStatus.SUCCEEDED).count() > 1
    )


def _reverse(payment: Payment) -> str:
    """Follow a refund that was made at the gateway."""
    order = payment.order
    set_status(payment, PaymentStatus.REFUNDED)
    if order is None or order.status not in REVERSED:
        return "refunded"
    change_order_status(
        order=order, status=REVERSED[order.status], reason="The payment was refunded."
    )
    return "refunded, and the order with it"


def _report_amount(record: PaymentEvent, event: Event, payment: Payment) -> None:
    """Have somebody look: the gateway holds, or gave back, another amount than the shop asked for."""
    logger.error("Event %s names another amount than payment %s", record.pk, payment.pk)
    if event.kind != "failed":
        content = report_on(AMOUNT_REPORT, payment, event=event)
        queue_to_admins(content=content, key=f"payment-event:{record.pk}:amount")
