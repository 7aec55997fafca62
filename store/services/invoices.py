"""Invoices and credit notes: issued once, numbered without gaps, never changed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import F, Prefetch, prefetch_related_objects
from django.utils import timezone

from ..exceptions import NotInvoiceable, SellerUnknown, StoreError
from ..models import Invoice, InvoiceCounter, InvoiceKind, Order, OrderItem, OrderStatus
from .invoice_content import buyer_of, content_of, seller_of_shop
from .transactions import retrying_transaction, run_last

# An order that stands is invoiced, paid or not: many buyers pay by the invoice.
INVOICED = {OrderStatus.PENDING, OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.DELIVERED}


class IssuePlan(NamedTuple):
    # The orders that get an invoice.
    new: list[Order]
    # Both by the key of the order.
    standing: dict[int, Invoice]
    refusals: dict[int, StoreError]


class IssuedInvoices(NamedTuple):
    # One for each order that has one now, by the orders' keys.
    invoices: list[Invoice]
    # The keys of the orders whose invoice is new.
    issued: set[int]
    refusals: dict[int, StoreError]


def issue_invoice(*, order: Order) -> Invoice:
    """Return the invoice of an order, issued now unless it has one; raises NotInvoiceable and SellerUnknown."""
    found = issue_invoices(keys=[order.pk])
    for refusal in found.refusals.values():
        raise refusal
    if not found.invoices:
        raise Order.DoesNotExist
    return found.invoices[0]


@retrying_transaction
def issue_invoices(*, keys: Iterable[int]) -> IssuedInvoices:
    """Issue an invoice for each of these orders that has none and may have one; raises SellerUnknown."""
    seller = seller_of_shop()
    orders = lock_orders(keys)
    papers = list(Invoice.objects.of_orders(order.pk for order in orders))
    plan = invoices_to_issue(orders, papers)
    turns = Counter(paper.order_id for paper in papers)
    new = [new_invoice(order, seller, turns[order.pk] + 1) for order in plan.new]
    found = plan.standing | {invoice.order_id: invoice for invoice in save_numbered(new)}
    invoices = [found[order.pk] for order in orders if order.pk in found]
    return IssuedInvoices(invoices, {order.pk for order in plan.new}, plan.refusals)


def invoices_to_issue(orders: Iterable[Order], papers: Iterable[Invoice]) -> IssuePlan:
    """Tell which of these orders, loaded with their lines, get an invoice, given all papers that they have."""
    last = {paper.order_id: paper for paper in papers}
    # What a credit note follows has been taken back.
    standing = {key: paper for key, paper in last.items() if paper.kind == InvoiceKind.INVOICE}
    missing = [order for order in orders if order.pk not in standing]
    refusals = {order.pk: why for order in missing if (why := refusal_of(order))}
    return IssuePlan([each for each in missing if each.pk not in refusals], standing, refusals)


def new_invoice(order: Order, seller: dict[str, Any], turn: int) -> Invoice:
    return Invoice(
        order=order,
        turn=turn,
        currency=settings.STORE_CURRENCY,
        seller=seller,
        buyer=buyer_of(order),
        content=content_of(order),
        net=order.subtotal,
        tax=order.tax,
        total=order.total,
    )


def lock_orders(keys: Iterable[int]) -> list[Order]:
    """Lock orders and load what their invoices say."""
    orders = list(Order.objects.select_for_update().filter(pk__in=list(keys)).order_by("pk"))
    lines = OrderItem.objects.select_related("product")
    prefetch_related_objects(orders, "customer__user", Prefetch("items", queryset=lines))
    return orders


def refusal_of(order: Order) -> StoreError | None:
    if order.status not in INVOICED:
        return NotInvoiceable(
            f"The order is {order.status}; only an order that stands is invoiced."
        )
    return None if order.items.all() else NotInvoiceable("The order has no lines.")


def credit_invoice_of(*, order: Order) -> None:
    """Take back the invoice of an order that is cancelled or refunded, if it has one, by a credit note."""
    if Invoice.objects.standing().filter(order=order).exists():
        # The counter is a row that many transactions write.
        run_last(partial(issue_credit_note, order_id=order.pk))


@retrying_transaction
def issue_credit_note(*, order_id: int) -> None:
    """Issue the credit note of an order's invoice, of which the caller has locked the order."""
    invoice = Invoice.objects.standing().filter(order=order_id).first()
    if invoice is None:
        return
    try:
        seller = seller_of_shop()
    except SellerUnknown:
        # The shop's settings must not keep an order from being cancelled.
        seller = invoice.seller
    corrected = {"number": invoice.number, "issued_at": invoice.issued_at.isoformat()}
    save_numbered(
        [
            Invoice(
                kind=InvoiceKind.CREDIT_NOTE,
                corrects=invoice,
                order_id=order_id,
                currency=invoice.currency,
                turn=invoice.turn + 1,
                seller=seller,
                buyer=invoice.buyer,
                content={**invoice.content, "corrects": corrected},
                net=invoice.net,
                tax=invoice.tax,
                total=invoice.total,
            )
        ]
    )


def save_numbered(papers: Sequence[Invoice]) -> list[Invoice]:
    """Give new papers of one kind their numbers and save them."""
    if not papers:
        return []
    prefixes = {
        InvoiceKind.INVOICE: settings.STORE_INVOICE_PREFIX,
        InvoiceKind.CREDIT_NOTE: settings.STORE_CREDIT_NOTE_PREFIX,
    }
    series = f"{prefixes[InvoiceKind(papers[0].kind)]}{timezone.localdate().year}-"
    positions = take_numbers(series, len(papers))
    # Once the counter is held: a later number has a later time.
    now = timezone.now()
    for paper, position in zip(papers, positions, strict=True):
        paper.issued_at = now
        paper.series, paper.position = series, position
        paper.number = f"{series}{position:05d}"
    return Invoice.objects.bulk_create(papers)


def take_numbers(series: str, count: int) -> range:
    """Return the next numbers of a series; a transaction that is rolled back gives them back."""
    counters = InvoiceCounter.objects.filter(series=series)
    counter = counters.select_for_update().first()
    if counter is None:
        start_series(series)
        counter = counters.select_for_update().get()
    counters.update(last=F("last") + count)
    return range(counter.last + 1, counter.last + 1 + count)


def start_series(series: str) -> None:
    """Insert the counter of a new year, unless another transaction has just done so."""
    options: dict[str, Any] = {}
    if connection.features.supports_update_conflicts_with_target:
        options["unique_fields"] = ["series"]
    # Not `ignore_conflicts`: on MariaDB those who wait would share a lock, and deadlock at the next.
    InvoiceCounter.objects.bulk_create(
        [InvoiceCounter(series=series)],
        update_conflicts=True,
        update_fields=["series"],
        **options,
    )
