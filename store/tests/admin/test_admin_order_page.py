"""What the page of an order shows; it changes nothing but by its steps."""

import pytest
from django.contrib.contenttypes.models import ContentType
from pytest_django.asserts import assertContains, assertNotContains

from store.models import Order, Payment, Product
from store.services.order_status import change_order_status
from store.services.orders import write_order

from .forms import inline

pytestmark = pytest.mark.django_db


def change_url(order):
    return f"/admin/store/order/{order.pk}/change/"


def test_shows_the_lines_as_history(admin_client, order):
    Product.objects.update(title="Renamed", unit_price=99)
    order.items.update(list_price=12, promotion="Sale")

    page = admin_client.get(change_url(order))

    assertContains(page, ">Teapot</a>")
    for shown in ("12.00", "Sale", "10.00", "3", "3.00", "33.00"):
        assertContains(page, f"<p>{shown}</p>", count=1)
    assertNotContains(page, 'name="items-0-quantity"')


def test_shows_a_line_that_plain_sql_wrote(admin_client, order):
    order.items.update(title=None, list_price=None, tax=None)

    assertContains(admin_client.get(change_url(order)), "<p>30.00</p>", count=1)


def test_shows_where_it_goes(admin_client, order):
    where = {"shipping_street": "1 High St", "shipping_city": "Ely", "shipping_zip": "CB7"}
    Order.objects.update(**where)

    assertContains(admin_client.get(change_url(order)), ">1 High St, CB7 Ely</div>")


def test_shows_its_steps_and_who_made_them(admin_client, admin_user, order):
    change_order_status(order=order, status="paid", reason="The payment has arrived.")
    change_order_status(order=order, status="shipped", by=admin_user, reason="By <air>.")

    page = admin_client.get(change_url(order))

    assertContains(page, "<p>the shop</p>", count=2)
    assertContains(page, "<p>admin</p>", count=1)
    assertContains(page, "<p>By &lt;air&gt;.</p>", count=1)


def test_changes_nothing_by_a_form(admin_client, order, make_customer):
    rows = [{"id": order.items.get().pk, "order": order.pk, "quantity": 9, "DELETE": "on"}]
    form = {"customer": make_customer("bob").pk, "payment_status": "C"}

    page = admin_client.post(change_url(order), form | inline("items", rows, initial=1))

    assert page.status_code == 403
    order.refresh_from_db()
    assert (order.customer.user.username, order.status) == ("ann", "pending")
    assert [line.quantity for line in order.items.all()] == [3]


@pytest.mark.parametrize("rows", [1, 9])
def test_costs_no_more_for_more_rows(
    admin_client, customer, make_product, make_customer, django_assert_num_queries, rows
):
    order = Order(customer=customer)
    write_order(order=order, quantities={make_product().pk: 1 for _ in range(rows)})
    for number in range(rows):
        clerk = make_customer(f"clerk{number}").user
        change_order_status(order=order, status="cancelled", by=clerk)
        change_order_status(order=order, status="pending", by=clerk)
        Payment.objects.create(order=order, gateway="development", amount=11)

    # Asked for once in the life of a process.
    ContentType.objects.get_for_model(Order)
    # The session and its user, the order, its lines for the figures, then each of the three tables, and
    # its invoices.
    with django_assert_num_queries(8):
        admin_client.get(change_url(order))


def test_shows_payments_to_those_who_may_see_them(make_clerk, order):
    payment = Payment.objects.create(order=order, gateway="development", amount=33)
    clerk = make_clerk("view_order")
    assertNotContains(clerk.get(change_url(order)), f"Payment {payment.pk}")

    page = make_clerk("view_order", "view_payment", username="bob").get(change_url(order))

    assertContains(page, f'<a href="/admin/store/payment/{payment.pk}/change/">')
