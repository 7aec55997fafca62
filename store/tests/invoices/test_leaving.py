"""What an invoice keeps of somebody who leaves, what they are told of it, and what a wrong setting says."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.services.accounts import delete_account
from core.services.exports import export_account
from store.checks import check_font, check_seller
from store.models import Invoice, Order
from store.services.invoices import issue_invoice
from store.services.order_status import change_order_status
from store.services.personal_data import erase_old_addresses

pytestmark = pytest.mark.django_db

NOBODY = {"name": "Former customer", "address": {}}


@pytest.fixture
def invoice(order):
    change_order_status(order=order, status="paid")
    return issue_invoice(order=order)


def test_an_export_has_the_invoices(order, invoice):
    [exported] = export_account(user=order.customer.user)["orders"]

    assert exported["invoices"] == [
        {
            "kind": "invoice",
            "number": invoice.number,
            "issued_at": invoice.issued_at,
            "currency": "USD",
            "net": 20,
            "tax": 2,
            "total": 22,
            "seller": invoice.seller,
            "buyer": invoice.buyer,
            "content": invoice.content,
        }
    ]


def test_keeps_the_buyer_as_long_as_the_books_are_kept(order, invoice):
    delete_account(user=order.customer.user)
    erase_old_addresses()

    assert Invoice.objects.get().buyer == invoice.buyer


def test_forgets_the_buyer_in_time(order, invoice, settings):
    delete_account(user=order.customer.user)
    long_ago = timezone.now() - timedelta(days=settings.STORE_ADDRESS_RETENTION + 1)
    Invoice.objects.update(issued_at=long_ago)

    erase_old_addresses()

    kept = Invoice.objects.get()
    assert (kept.buyer, kept.buyer_erased_at is None) == (NOBODY, False)
    assert (kept.number, kept.content, kept.total) == (invoice.number, invoice.content, 22)


def test_keeps_the_buyer_who_has_not_left(invoice, settings):
    settings.STORE_ADDRESS_RETENTION = 0

    erase_old_addresses()

    assert Invoice.objects.get().buyer["name"] == "zoe"


def test_an_unpaid_order_of_who_leaves_gets_a_credit_note(order):
    invoice = issue_invoice(order=order)

    delete_account(user=order.customer.user)

    note = Invoice.objects.get(kind="credit_note")
    assert (note.corrects, note.buyer) == (invoice, invoice.buyer)


def test_an_invoice_that_is_issued_later_names_nobody(order):
    change_order_status(order=order, status="paid")
    delete_account(user=order.customer.user)

    invoice = issue_invoice(order=Order.objects.get())

    assert invoice.buyer["name"] == "Former customer"


def test_a_check_names_what_is_missing_of_the_seller(settings):
    assert check_seller() == []
    settings.STORE_SELLER_ADDRESS, settings.STORE_TAX_ID = [], ""

    [warning] = check_seller()

    assert warning.id == "store.W002"
    assert warning.msg.startswith("Not set: STORE_SELLER_ADDRESS, STORE_TAX_ID.")


def test_a_check_names_a_font_that_is_none(settings, tmp_path):
    font = tmp_path / "noto.ttf"
    font.touch()
    settings.STORE_PDF_FONT = str(font)
    assert check_font() == []
    settings.STORE_PDF_FONT = str(tmp_path / "noto.woff")

    assert [warning.id for warning in check_font()] == ["store.W003"]
