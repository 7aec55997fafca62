"""What takes an invoice back when its order does not stand any more."""

import pytest

from store.models import Invoice
from store.services.invoices import issue_invoice
from store.services.order_status import change_order_status

pytestmark = pytest.mark.django_db


def papers():
    return [(each.kind, each.position, each.turn) for each in Invoice.objects.order_by("pk")]


@pytest.mark.parametrize("steps", [["cancelled"], ["paid", "shipped", "refunded"]])
def test_an_order_that_falls_gets_a_credit_note(order, steps):
    invoice = issue_invoice(order=order)

    for step in steps:
        change_order_status(order=order, status=step)

    note = Invoice.objects.get(kind="credit_note")
    assert note.number == invoice.number.replace("INV", "CN")
    assert (note.corrects, note.total, note.buyer) == (invoice, 22, invoice.buyer)
    assert note.content["lines"] == invoice.content["lines"]
    assert note.content["corrects"] == {
        "number": invoice.number,
        "issued_at": invoice.issued_at.isoformat(),
    }


def test_an_order_without_an_invoice_gets_none(order):
    change_order_status(order=order, status="cancelled")

    assert not Invoice.objects.exists()


def test_an_order_that_is_taken_up_again_gets_another_invoice(order):
    issue_invoice(order=order)
    change_order_status(order=order, status="cancelled")
    change_order_status(order=order, status="pending")

    issue_invoice(order=order)
    change_order_status(order=order, status="cancelled")

    assert papers() == [
        ("invoice", 1, 1),
        ("credit_note", 1, 2),
        ("invoice", 2, 3),
        ("credit_note", 2, 4),
    ]


def test_is_in_the_currency_of_its_invoice(order, settings):
    issue_invoice(order=order)
    settings.STORE_CURRENCY, settings.STORE_SELLER_NAME = "EUR", ""

    change_order_status(order=order, status="cancelled")

    note = Invoice.objects.get(kind="credit_note")
    assert (note.currency, note.seller["name"]) == ("USD", "Teapots Ltd")
