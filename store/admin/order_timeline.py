"""What has happened with an order, newest first."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse

from outbox.models import Mail

from ..models import Order, OrderStatusChange, Payment, PaymentEvent, TrackingChange
from ..money import displayed

# Of each kind, the newest.
MOST = 100
SHOP = "the shop"


class Entry(NamedTuple):
    at: datetime
    # Names the icon and the colour of the entry.
    kind: str
    title: str
    who: str = ""
    text: str = ""
    url: str = ""


def timeline(order: Order, payments: Sequence[Payment], user: Any) -> list[Entry]:
    """Return the newest of each kind of event of an order, newest first."""
    steps = newest(order.status_changes.all())
    tracking = newest(order.tracking_changes.all())
    entries = [
        *(step_entry(step) for step in steps),
        *(tracking_entry(change) for change in tracking),
        *address_entries(order),
        *note_entries(order),
        *payment_entries(payments),
        *mail_entries(order, steps, tracking, user),
    ]
    # Steps of the same moment in the order in which they were made.
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def newest(rows: QuerySet[Any]) -> list[Any]:
    return [*rows.select_related("changed_by")[:MOST]]


def step_entry(step: OrderStatusChange) -> Entry:
    title = "Placed" if step.from_status is None else f"{step.get_to_status_display()}"
    return Entry(step.changed_at, "step", title, str(step.changed_by or SHOP), step.reason)


def tracking_entry(change: TrackingChange) -> Entry:
    old = " ".join(filter(None, (change.old_carrier, change.old_tracking_number))) or "none"
    new = " ".join(filter(None, (change.carrier, change.tracking_number))) or "none"
    who = str(change.changed_by or SHOP)
    return Entry(change.changed_at, "tracking", "Tracking corrected", who, f"From {old} to {new}")


def address_entries(order: Order) -> Iterator[Entry]:
    for change in newest(order.address_changes.all()):
        text = f"From {change.old_address or 'none'} to {change.address}"
        yield Entry(
            change.changed_at, "address", "Address corrected", str(change.changed_by or SHOP), text
        )


def note_entries(order: Order) -> Iterator[Entry]:
    for note in order.notes.select_related("written_by")[:MOST]:
        who = str(note.written_by or "somebody who has left")
        yield Entry(note.written_at, "note", "Note", who, note.text)


def payment_entries(payments: Sequence[Payment]) -> Iterator[Entry]:
    for payment in payments:
        url = reverse("admin:store_payment_change", args=[payment.pk])
        title = f"Payment of {displayed(payment.amount)} started"
        text = payment.reference or ""
        yield Entry(payment.created_at, "payment", title, payment.gateway, text, url)
    # What gateways sent is read on the page of the payment.
    events = PaymentEvent.objects.filter(payment__in=payments).defer("payload")
    for event in events[:MOST] if payments else ():
        url = reverse("admin:store_payment_change", args=[event.payment_id])
        title = f"Payment: {event.kind}"
        yield Entry(event.received_at, "payment", title, event.gateway, event.outcome, url)


def mail_entries(
    order: Order, steps: Iterable[Any], tracking: Iterable[Any], user: Any
) -> Iterator[Entry]:
    """Name the mails about an order by their keys, which are an index of the outbox."""
    keys = [f"order:{order.pk}:confirmation"]
    keys += [f"order:{order.pk}:status:{step.pk}" for step in steps]
    keys += [f"order:{order.pk}:tracking:{change.pk}" for change in tracking]
    may_see = user.has_perm("outbox.view_mail")
    mails: Any = Mail.objects.filter(key__in=keys)
    for mail in mails.defer("text", "html"):
        url = reverse("admin:outbox_mail_change", args=[mail.pk]) if may_see else ""
        state = "sent" if mail.sent_at else ("failed" if mail.last_error else "waits to be sent")
        title = f"Mail “{mail.subject}”"
        yield Entry(mail.queued_at, "mail", title, SHOP, f"To {mail.recipient}: {state}", url)
