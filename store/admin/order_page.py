"""What the page of an order shows, from which parcels are packed."""

from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import quote
from uuid import uuid4

from django.core.files.storage import default_storage
from django.urls import reverse

from ..models import Order, Payment
from ..models.orders import load_item_images
from ..services.order_addresses import CORRECTABLE
from ..services.shipments import SENT
from .order_timeline import MOST, Entry, timeline


class Line(NamedTuple):
    url: str
    picture: str | None
    alt: str
    title: str
    sku: str
    quantity: int
    unit_price: Decimal
    list_price: Decimal | None
    promotion: str | None
    tax: Decimal | None
    total: Decimal


class Contact(NamedTuple):
    """Who ordered, and how they are reached; links are empty where there is none."""

    name: str
    url: str
    email: str
    mail_link: str
    phone: str
    phone_link: str


class OrderPage(NamedTuple):
    order: Order
    lines: list[Line]
    pieces: int
    contact: Contact
    payments: list[Payment]
    entries: list[Entry]
    # Of the form for a note: sent again, it is the same note.
    note_key: str
    may_note: bool
    may_correct_address: bool
    may_correct_tracking: bool


def order_page(order: Order, user: Any, may_change: bool) -> OrderPage:
    """Collect what the page shows to somebody, in a query for each kind of row."""
    lines = lines_of(order)
    payments: list[Payment] = []
    if user.has_perm("store.view_payment"):
        payments = [*order.payments.all()[:MOST]]
    return OrderPage(
        order=order,
        lines=lines,
        pieces=sum(line.quantity for line in lines),
        contact=contact_of(order, user),
        payments=payments,
        entries=timeline(order, payments, user),
        note_key=uuid4().hex,
        may_note=may_change,
        may_correct_address=may_change and order.status in CORRECTABLE,
        may_correct_tracking=may_change and order.status in SENT,
    )


def lines_of(order: Order) -> list[Line]:
    items = [*order.items.all()]
    load_item_images(items)
    lines = []
    for item in items:
        product: Any = item.product
        pictures = product.shown_images
        lines.append(
            Line(
                url=reverse("admin:store_product_change", args=[item.product_id]),
                picture=default_storage.url(pictures[0].thumbnail_name) if pictures else None,
                alt=pictures[0].alt if pictures else "",
                title=item.title or product.title,
                sku=product.sku or "",
                quantity=item.quantity,
                unit_price=item.unit_price,
                list_price=item.list_price,
                promotion=item.promotion,
                tax=item.tax,
                total=item.total_with_tax,
            )
        )
    return lines


def contact_of(order: Order, user: Any) -> Contact:
    customer = order.customer
    if customer.user.deleted_at:
        return Contact("Former customer (the account was deleted)", "", "", "", "", "")
    may_see = any(user.has_perm(f"store.{verb}_customer") for verb in ("view", "change"))
    phone = customer.phone.strip()
    # What a phone can dial; "none" is no number.
    dialled = "".join(sign for sign in phone if sign.isdecimal() or sign == "+")
    return Contact(
        name=customer.name,
        url=reverse("admin:store_customer_change", args=[customer.pk]) if may_see else "",
        email=customer.email,
        mail_link=f"mailto:{quote(customer.email, safe='@+.')}" if customer.email else "",
        phone=phone,
        phone_link=f"tel:{dialled}" if any(map(str.isdecimal, dialled)) else "",
    )
