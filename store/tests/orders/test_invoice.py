"""The owner fetches the invoice that the shop has issued."""

import pytest

from store.services.invoices import issue_invoice
from store.services.order_status import change_order_status

from ..invoices.pdfs import pages_of

pytestmark = pytest.mark.django_db


def url(order):
    return f"/store/orders/{order.pk}/invoice/"


@pytest.fixture
def order(sign_in, make_order):
    return make_order(sign_in("ann").customer)


@pytest.mark.parametrize("accept", ["*/*", "application/pdf", "application/json"])
def test_the_owner_gets_the_pdf(api_client, order, accept):
    invoice = issue_invoice(order=order)

    response = api_client.get(url(order), HTTP_ACCEPT=accept)

    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Content-Disposition"] == f'attachment; filename="{invoice.number}.pdf"'
    assert invoice.number in pages_of(response.content)[0]


def test_comes_with_its_credit_note(api_client, order):
    issue_invoice(order=order)
    change_order_status(order=order, status="cancelled")

    assert len(pages_of(api_client.get(url(order)).content)) == 2


@pytest.mark.parametrize("accept", ["*/*", "application/pdf"])
def test_is_missing_until_it_is_issued(api_client, order, accept):
    response = api_client.get(url(order), HTTP_ACCEPT=accept)

    assert (response.status_code, response["Content-Type"]) == (404, "application/json")
    assert response.json() == {
        "detail": "No invoice was issued for this order.",
        "code": "invoice_not_found",
    }


@pytest.mark.parametrize("who", [None, "bob"])
def test_is_hidden_from_others(api_client, order, sign_in, who):
    issue_invoice(order=order)
    if who:
        sign_in(who)
    else:
        api_client.logout()
        api_client.credentials()

    assert api_client.get(url(order)).status_code == (404 if who else 401)


def test_issues_nothing_by_a_post(api_client, order):
    assert api_client.post(url(order)).status_code == 405
