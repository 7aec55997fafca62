"""What the shop holds about a person: told to them, and erased once they leave, while the books stay whole."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from history.origins import unrecorded
from history.services import erase_history

from ..models import (
    Address,
    AddressChange,
    Cart,
    CartItem,
    Customer,
    IdempotencyKey,
    Invoice,
    MarketingConsent,
    Order,
    OrderItem,
    OrderNote,
    OrderStatus,
    OrderStatusChange,
    Payment,
    PaymentEvent,
    Review,
    TrackingChange,
)
from ..models.versions import invalidate_sales
from .imports import forget_customer
from .invoice_content import FORMER_CUSTOMER
from .order_status import change_order_status
from .transactions import retrying_transaction, run_last

ACCOUNT_DELETED = "The account was deleted."
# Orders that one statement changes.
ERASED_AT_ONCE = 1000

SHIPPING_FIELDS = [f"shipping_{name}" for name in Address.FIELDS]
PROFILE_FIELDS = [
    *("phone", "birth_date", "membership"),
    "marketing_consent__given_at",
]
ORDER_FIELDS = [
    *("id", "placed_at", "status", "payment_status", "carrier", "tracking_number"),
    *SHIPPING_FIELDS,
]
LINE_FIELDS = ["title", "quantity", "unit_price", "list_price", "tax", "promotion"]
CHANGE_FIELDS = ["from_status", "to_status", "changed_at", "reason"]
NOTE_FIELDS = ["text", "written_at"]
ADDRESS_FIELDS = [*(f"old_{name}" for name in Address.FIELDS), "changed_at"]
TRACKING_FIELDS = ["old_carrier", "old_tracking_number", "changed_at"]
PAYMENT_FIELDS = ["gateway", "reference", "amount", "status", "created_at", "changed_at"]
INVOICE_FIELDS = [
    *("kind", "number", "issued_at", "currency", "net", "tax", "total"),
    *("seller", "buyer", "content"),
]
REVIEW_FIELDS = ["id", "product__title", "name", "description", "rating", "date", "answer"]


def held_by_shop(*, user_id: int) -> dict[str, Any]:
    """Return all that the shop holds about a user."""
    return {
        "profile": Customer.objects.filter(user=user_id).values(*PROFILE_FIELDS).first(),
        "addresses": list(
            Address.objects.filter(customer__user=user_id).values("id", *Address.FIELDS)
        ),
        "orders": orders_of(user_id),
        "reviews": list(Review.objects.filter(user=user_id).values(*REVIEW_FIELDS)),
        "cart": cart_of(user_id),
        "order_requests": list(
            IdempotencyKey.objects.filter(user=user_id).values("created_at", "order_id")
        ),
    }


def orders_of(user_id: int) -> list[dict[str, Any]]:
    """Return the orders of a user with their lines, history, payments and invoices, in eight queries."""
    lines = by_order(OrderItem.objects.order_by("pk"), LINE_FIELDS, user_id)
    history = by_order(OrderStatusChange.objects.order_by("pk"), CHANGE_FIELDS, user_id)
    tracking = by_order(TrackingChange.objects.order_by("pk"), TRACKING_FIELDS, user_id)
    addresses = by_order(AddressChange.objects.order_by("pk"), ADDRESS_FIELDS, user_id)
    notes = by_order(OrderNote.objects.order_by("pk"), NOTE_FIELDS, user_id)
    payments = by_order(Payment.objects.order_by("pk"), PAYMENT_FIELDS, user_id)
    invoices = by_order(Invoice.objects.order_by("pk"), INVOICE_FIELDS, user_id)
    return [
        {
            **order,
            "lines": lines[order["id"]],
            "history": history[order["id"]],
            "earlier_tracking": tracking[order["id"]],
            "earlier_addresses": addresses[order["id"]],
            "notes": notes[order["id"]],
            "payments": payments[order["id"]],
            "invoices": invoices[order["id"]],
        }
        for order in Order.objects.filter(customer__user=user_id).values(*ORDER_FIELDS)
    ]


def by_order(rows: QuerySet, fields: list[str], user_id: int) -> dict[int, list[dict[str, Any]]]:
    found = defaultdict(list)
    for row in rows.filter(order__customer__user=user_id).values("order_id", *fields):
        found[row.pop("order_id")].append(row)
    return found


def cart_of(user_id: int) -> dict[str, Any] | None:
    cart = Cart.objects.filter(user=user_id).values("id", "created_at", "touched_at").first()
    if cart is None:
        return None
    items = CartItem.objects.filter(cart=cart["id"]).values("product__title", "quantity")
    return {**cart, "items": list(items)}


@retrying_transaction
def erase_customer(*, user_id: int, successor: Callable[[], int]) -> None:
    """Erase what the shop holds about a user, whom the caller has locked and will delete.

    With orders, the profile goes to the user whom `successor` makes; those that are unpaid are cancelled.
    """
    # An answer speaks to the person, by name or by what they have told.
    Review.objects.filter(user=user_id).update(
        name=FORMER_CUSTOMER, user=None, answer=None, answered_at=None, answered_by=None
    )
    customer = Customer.objects.select_for_update().filter(user=user_id).first()
    if customer is not None:
        forget_customer(customer_id=customer.pk)
    if customer is None or not customer.orders.exists():
        return
    for order in customer.orders.filter(status=OrderStatus.PENDING).order_by("pk"):
        change_order_status(order=order, status=OrderStatus.CANCELLED, reason=ACCOUNT_DELETED)
    customer.addresses.all().delete()
    MarketingConsent.objects.filter(customer=customer).delete()
    # Those of the shop itself say nothing of anybody.
    typed = OrderStatusChange.objects.filter(order__customer=customer, changed_by__isnull=False)
    typed.exclude(reason="").update(reason="")
    # Notes may speak of the person; where a parcel did not go is nothing for the books.
    erase_records(customer.orders.all())
    Payment.objects.filter(order__customer=customer).update(checkout_url="")
    with unrecorded():
        Customer.objects.filter(pk=customer.pk).update(
            user_id=successor(),
            phone="",
            birth_date=None,
        )
    # Reports name customers.
    run_last(invalidate_sales)


def erase_records(orders: QuerySet[Order]) -> None:
    """Erase what staff noted of orders, and what they corrected."""
    keys = orders.order_by().values("pk")
    for model in (OrderNote, AddressChange, TrackingChange):
        model._base_manager.filter(order__in=keys).delete()


def erase_old_addresses() -> int:
    """Take address and tracking off the orders of deleted accounts, and what gateways told, in time.

    That is STORE_ADDRESS_RETENTION days after they were placed, and of the buyer on an invoice after it was
    issued; returns the number of orders.
    """
    last = timezone.now() - timedelta(days=settings.STORE_ADDRESS_RETENTION)
    orders = Order.objects.of_deleted_accounts().filter(placed_at__lt=last)
    events = PaymentEvent.objects.filter(payment__order__in=orders.order_by().values("pk"))
    events.exclude(payload="").update(payload="")
    erase_old_buyers(last)
    erase_records(orders)
    total = 0
    # A carrier tells by the number where a parcel went.
    known = orders.filter(Q(shipping_street__isnull=False) | ~Q(tracking_number="")).order_by("pk")
    erased = {**dict.fromkeys(SHIPPING_FIELDS), "tracking_number": ""}
    while keys := list(known.values_list("pk", flat=True)[:ERASED_AT_ONCE]):
        with unrecorded():
            total += Order.objects.filter(pk__in=keys).update(**erased)
        erase_history(model=Order, keys=keys, fields=erased)
    return total


def erase_old_buyers(last: datetime) -> None:
    """Take the name and address off the invoices of deleted accounts that were issued before a moment."""
    invoices = Invoice.objects.of_deleted_accounts().filter(
        issued_at__lt=last, buyer_erased_at=None
    )
    while keys := list(invoices.order_by("pk").values_list("pk", flat=True)[:ERASED_AT_ONCE]):
        Invoice.objects.filter(pk__in=keys).update(
            buyer={"name": FORMER_CUSTOMER, "address": {}}, buyer_erased_at=timezone.now()
        )
