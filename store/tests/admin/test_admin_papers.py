"""Slips and invoices from the page of an order and from the list."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from store.admin.order_papers import MAX_PAPERS
from store.models import Invoice, Order, OrderItem
from store.services.invoices import issue_invoice
from store.services.order_status import change_order_status
from store.services.orders import write_order

from ..invoices.pdfs import pages_of, text_of
from .forms import messages_in

pytestmark = [pytest.mark.once, pytest.mark.django_db]

LIST = "/admin/store/order/"


def page_of(order, name="change"):
    return f"{LIST}{order.pk}/{name}/"


@pytest.fixture
def make_orders(customer, product):
    def make_orders(number):
        orders = [Order(customer=customer) for _ in range(number)]
        for order in orders:
            write_order(order=order, quantities={product.pk: 1})
        return orders

    return make_orders


def choose(action, orders, **fields):
    return {"action": action, "_selected_action": [order.pk for order in orders], **fields}


def test_prints_the_slip_of_an_order(make_clerk, order):
    response = make_clerk("view_order").get(page_of(order, "slip"))

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'inline; filename="packing-slip-{order.pk}.pdf"'
    assert "Teapot" in text_of(response.content)


def test_issues_an_invoice_by_a_post(make_clerk, order):
    clerk = make_clerk("view_order", "change_order")
    assertContains(clerk.get(page_of(order)), 'value="Issue the invoice"')

    response = clerk.post(page_of(order, "invoice"), follow=True)

    invoice = Invoice.objects.get()
    assertRedirects(response, page_of(order))
    assert messages_in(response) == [f"Invoice {invoice.number} was issued."]
    assertContains(response, f">Invoice {invoice.number} (PDF)</a>")
    assertNotContains(response, 'value="Issue the invoice"')
    assert LogEntry.objects.get().get_change_message() == "Issued the invoice."
    assert invoice.number in text_of(clerk.get(page_of(order, "invoice")).content)


def test_a_double_click_issues_one(desk_client, order):
    desk_client.post(page_of(order, "invoice"))

    response = desk_client.post(page_of(order, "invoice"), follow=True)

    assert "was issued before." in messages_in(response)[-1]
    assert Invoice.objects.count() == LogEntry.objects.count() == 1


def test_a_get_issues_nothing(desk_client, order):
    response = desk_client.get(page_of(order, "invoice"), follow=True)

    assert messages_in(response) == ["No invoice was issued for this order yet."]
    assert not Invoice.objects.exists()


def test_says_why_there_is_no_invoice(desk_client, order, settings):
    settings.STORE_SELLER_NAME = ""

    response = desk_client.post(page_of(order, "invoice"), follow=True)

    assert "STORE_SELLER_NAME" in messages_in(response)[0]
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("rights", [[], ["view_product"], ["view_order"]])
def test_issuing_takes_the_right_to_change(make_clerk, order, rights):
    assert make_clerk(*rights).post(page_of(order, "invoice")).status_code == 403
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("name", ["slip", "invoice"])
def test_printing_takes_the_right_to_view(make_clerk, order, name):
    issue_invoice(order=order)
    stranger = make_clerk("view_product")

    assert stranger.get(page_of(order, name)).status_code == 403
    assert stranger.get(f"{LIST}invoices/?orders={order.pk}").status_code == 403


@pytest.mark.parametrize("name", ["slip", "invoice"])
@pytest.mark.parametrize("key", ["999999", "x", "1e9", "9" * 40])
def test_an_address_of_no_order_leads_to_the_list(admin_client, name, key):
    response = admin_client.get(f"{LIST}{key}/{name}/")

    assert response.status_code in (302, 404)


def test_prints_the_slips_of_a_selection_in_the_order_of_the_list(desk_client, make_orders):
    orders = make_orders(3)

    response = desk_client.post(LIST, choose("packing_slips", orders))

    for page, order in zip(pages_of(response.content), reversed(orders), strict=True):
        assert f"Order {order.pk}" in page


@pytest.mark.parametrize("action", ["packing_slips", "invoices"])
def test_prints_no_more_than_so_many(desk_client, make_orders, monkeypatch, action):
    monkeypatch.setattr("store.admin.order_papers.MAX_PAPERS", 2)
    orders = make_orders(3)

    response = desk_client.post(LIST, choose(action, orders), follow=True)

    assert messages_in(response) == [
        "At most 2 orders can be printed at once. Nothing was printed or issued."
    ]
    assert not Invoice.objects.exists()
    assert MAX_PAPERS == 200


def test_asks_before_it_issues_many(desk_client, make_orders):
    old, new, cancelled = orders = make_orders(3)
    issue_invoice(order=old)
    change_order_status(order=cancelled, status="cancelled")

    page = desk_client.post(LIST, choose("invoices", orders))

    assertContains(page, '<strong id="affected">1 invoice</strong> will be issued')
    assertContains(page, "1 of these orders has one already.")
    assertContains(page, "only an order that stands is invoiced")
    assert Invoice.objects.count() == 1


def test_issues_many_once_confirmed(desk_client, make_orders):
    *good, cancelled = orders = make_orders(3)
    change_order_status(order=cancelled, status="cancelled")
    confirmed = choose("invoices", orders, post="yes")

    for _ in range(2):
        response = desk_client.post(LIST, confirmed, follow=True)

    assert Invoice.objects.count() == 2
    warned, done = messages_in(response)[-2:]
    assert warned.startswith(f"Without an invoice: Order {cancelled.pk}: The order is cancelled")
    assert done.startswith("0 invoices were issued.")
    url = f"{reverse('admin:store_order_invoices')}?orders={good[0].pk},{good[1].pk}"
    assert url in done
    assert len(pages_of(desk_client.get(url).content)) == 2


def test_prints_at_once_what_was_issued(make_clerk, make_orders):
    orders = make_orders(2)
    for order in orders:
        issue_invoice(order=order)

    response = make_clerk("view_order").post(LIST, choose("invoices", orders))

    assert len(pages_of(response.content)) == 2


def test_prints_what_there_is_for_those_who_may_not_issue(make_clerk, make_orders):
    old, new = orders = make_orders(2)
    issue_invoice(order=old)
    clerk = make_clerk("view_order")

    assert len(pages_of(clerk.post(LIST, choose("invoices", orders)).content)) == 1
    assert clerk.post(LIST, choose("invoices", [new], post="yes")).status_code == 403
    assert Invoice.objects.count() == 1


@pytest.mark.parametrize("words", ["", "x", "1e5", "9" * 30, ",".join(["1"] * 300)])
def test_an_address_of_no_invoices_leads_to_the_list(admin_client, words):
    response = admin_client.get(f"{LIST}invoices/?orders={words}", follow=True)

    assertRedirects(response, LIST)
    assert messages_in(response) == ["None of these orders has an invoice. Nothing was issued."]


@pytest.mark.parametrize("count", [1, 9])
def test_many_slips_cost_no_more_queries(
    desk_client, make_orders, django_assert_num_queries, count
):
    orders = make_orders(count)
    # Session, user and rights; the count and the keys of the list; the orders and their lines.
    with django_assert_num_queries(8):
        desk_client.post(LIST, choose("packing_slips", orders))


class TestBooks:
    URL = "/admin/store/invoice/"

    @pytest.fixture
    def invoice(self, order):
        return issue_invoice(order=order)

    @pytest.mark.parametrize("words", ["INV-", "{number}", "{order}", "#{order}"])
    def test_finds_an_invoice(self, make_clerk, invoice, words):
        words = words.format(number=invoice.number, order=invoice.order_id)

        page = make_clerk("view_order").get(self.URL, {"q": words})

        assert list(page.context["cl"].result_list) == [invoice]
        assertContains(page, "33.00")

    def test_changes_nothing(self, admin_client, invoice):
        url = f"{self.URL}{invoice.pk}/change/"
        assertContains(admin_client.get(url), "Ann Lee")

        assert admin_client.post(url, {"number": "X"}).status_code == 403
        assert admin_client.post(f"{self.URL}{invoice.pk}/delete/").status_code == 403

        assert Invoice.objects.get().number == invoice.number

    def test_is_closed_to_those_who_see_no_orders(self, make_clerk, invoice):
        assert make_clerk("view_product").get(self.URL).status_code == 403

    def test_an_invoiced_order_is_not_deleted(self, admin_client, order, invoice):
        url = page_of(order, "delete")
        assertContains(admin_client.get(url), "invoice")

        admin_client.post(url, {"post": "yes"})

        assert OrderItem.objects.filter(order=order).exists()
