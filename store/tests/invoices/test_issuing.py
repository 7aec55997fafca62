"""Invoices are numbered without gaps, say what the order says, and stay as they are."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from store.exceptions import NotInvoiceable, OrderIsInvoiced, SellerUnknown
from store.models import Invoice, InvoiceCounter, Order, Product
from store.services.invoices import issue_invoice, issue_invoices
from store.services.order_status import change_order_status
from store.services.orders import delete_order

pytestmark = pytest.mark.django_db

YEAR = timezone.localdate().year


def numbers():
    return list(Invoice.objects.order_by("pk").values_list("number", flat=True))


def test_says_what_the_order_says(order):
    product = Product.objects.get()
    Product.objects.update(sku="TP-1")

    invoice = issue_invoice(order=order)

    invoice.refresh_from_db()
    assert invoice.number == f"INV-{YEAR}-00001"
    assert invoice.buyer == {
        "name": "zoe",
        "address": {"street": "1 High St", "city": "Ely", "zip": "CB7"},
    }
    assert invoice.seller == {
        "name": "Teapots Ltd",
        "address": ["1 Kiln Lane", "Stoke ST1 1AA"],
        "tax_id": "GB 123 4567 89",
        "email": "",
        "phone": "",
    }
    amounts = {"net": "20.00", "tax": "2.00", "gross": "22.00"}
    assert invoice.content == {
        "order": order.pk,
        "ordered_at": order.placed_at.isoformat(),
        "payment": "due",
        "lines": [
            {
                "sku": "TP-1",
                "title": product.title,
                "promotion": "",
                "quantity": 2,
                "unit_price": "10.00",
                "rate": "10",
                **amounts,
            }
        ],
        "rates": [{"rate": "10", **amounts}],
    }
    assert (invoice.net, invoice.tax, invoice.total) == (20, 2, 22)


def test_an_order_keeps_its_invoice(order, settings):
    first = issue_invoice(order=order)
    settings.STORE_SELLER_NAME = "Another Ltd"
    Product.objects.update(title="Renamed", unit_price=99)

    again = issue_invoice(order=order)

    assert (again, again.seller["name"]) == (first, "Teapots Ltd")
    assert again.content["lines"][0]["title"] == "Teapot"
    assert Invoice.objects.count() == 1


def test_a_rollback_leaves_no_gap(make_order):
    issue_invoice(order=make_order())
    with transaction.atomic():
        issue_invoice(order=make_order())
        transaction.set_rollback(True)

    issue_invoice(order=make_order())

    assert numbers() == [f"INV-{YEAR}-00001", f"INV-{YEAR}-00002"]


def test_each_year_and_prefix_has_a_series(make_order, settings, monkeypatch):
    issue_invoice(order=make_order())
    settings.STORE_INVOICE_PREFIX = "R"
    monkeypatch.setattr(timezone, "now", lambda: datetime(2031, 1, 1, tzinfo=UTC))

    issue_invoice(order=make_order())
    issue_invoice(order=make_order())

    assert numbers() == [f"INV-{YEAR}-00001", "R2031-00001", "R2031-00002"]


def test_many_at_once_cost_as_much_as_one(make_order, django_assert_num_queries):
    def issue(count):
        return issue_invoices(keys=[make_order().pk for _ in range(count)])

    issue(1)
    keys = [make_order().pk for _ in range(9)]
    # Orders, customers, users, lines; papers; the counter twice; the invoices; with a savepoint.
    with django_assert_num_queries(10):
        found = issue_invoices(keys=keys)

    assert found.issued == {*keys}
    assert [each.position for each in found.invoices] == [*range(2, 11)]


def test_many_name_those_that_are_refused(make_order):
    cancelled, new, done = make_order(), make_order(), make_order()
    change_order_status(order=cancelled, status="cancelled")
    first = issue_invoice(order=done)

    found = issue_invoices(keys=[cancelled.pk, new.pk, done.pk])

    assert found.issued == {new.pk}
    assert first in found.invoices
    assert len(found.invoices) == 2
    assert {key: why.message for key, why in found.refusals.items()} == {
        cancelled.pk: "The order is cancelled; only an order that stands is invoiced."
    }


@pytest.mark.parametrize("steps", [["cancelled"], ["paid", "shipped", "refunded"]])
def test_refuses_what_does_not_stand(order, steps):
    for step in steps:
        change_order_status(order=order, status=step)

    with pytest.raises(NotInvoiceable):
        issue_invoice(order=order)

    assert not Invoice.objects.exists()
    assert not InvoiceCounter.objects.exists()


def test_refuses_an_order_without_lines(customer):
    with pytest.raises(NotInvoiceable, match="no lines"):
        issue_invoice(order=Order.objects.create(customer=customer))


def test_refuses_without_a_seller(order, settings):
    settings.STORE_SELLER_ADDRESS = [" "]

    with pytest.raises(SellerUnknown):
        issue_invoice(order=order)

    assert not Invoice.objects.exists()


def test_an_invoiced_order_is_not_deleted(order):
    issue_invoice(order=order)

    with pytest.raises(OrderIsInvoiced):
        delete_order(order=order)

    assert Order.objects.filter(pk=order.pk).exists()


def test_an_order_of_a_shop_in_yen(make_order, make_product, settings):
    settings.STORE_CURRENCY = "JPY"
    order = make_order({make_product(unit_price=Decimal(105)): 3})

    invoice = issue_invoice(order=order)

    [line] = invoice.content["lines"]
    assert (invoice.currency, line["unit_price"], line["net"]) == ("JPY", "105", "315")
    # 10.5 a piece, rounded half up.
    assert (line["tax"], line["gross"], line["rate"]) == ("33", "348", "10")


@pytest.mark.parametrize(
    ("rate", "taxes", "shown"),
    [
        # The shop's own rate of today, where it gives the tax.
        ("0.10", ["1.00", "0.11"], ["10", "10"]),
        # Another of before.
        ("0.10", ["2.00", "0.21"], ["20", "20"]),
        ("0.20", ["0.75", "0.08"], ["7.5", "7.5"]),
        ("0.20", ["0.00", "0.00"], ["0", "0"]),
        # Not of one rate, as of lines that somebody edited.
        ("0.20", ["5.00", "0.01"], ["50", "0.95"]),
        ("0.20", ["1.00", None], ["10", ""]),
    ],
)
def test_finds_the_rate_at_which_an_order_was_taxed(
    make_order, make_product, settings, rate, taxes, shown
):
    prices = ["10.00", "1.05"]
    order = make_order({make_product(unit_price=Decimal(price)): 1 for price in prices})
    for line, tax in zip(order.items.order_by("pk"), taxes, strict=True):
        order.items.filter(pk=line.pk).update(tax=tax)
    settings.STORE_TAX_RATE = Decimal(rate)

    invoice = issue_invoice(order=order)

    assert [line["rate"] for line in invoice.content["lines"]] == shown
