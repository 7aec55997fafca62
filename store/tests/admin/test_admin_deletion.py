"""Deleting in the admin obeys the rules of the API, one row at a time or many at once."""

from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.db.models.signals import post_save
from model_bakery import baker
from pytest_django.asserts import assertContains, assertNotContains

from store.models import Collection, Customer, Order, OrderItem, Product
from store.services.orders import write_order

from .forms import messages_in

pytestmark = pytest.mark.django_db

REFUSALS = {
    "product": "Product cannot be deleted because it is associated with an order item.",
    "collection": "Collection cannot be deleted because it includes one or more products.",
    "customer": "Customer cannot be deleted because it has one or more orders.",
    "order": "Order cannot be deleted because it has been paid.",
}
IN_THE_WAY = {"product": "Order", "collection": "Teapot", "customer": "Order", "order": "Order"}
MODELS = {"product": Product, "collection": Collection, "customer": Customer, "order": Order}


def delete_url(kind, row):
    return f"/admin/store/{kind}/{row.pk}/delete/"


def delete_selected(client, kind, *rows, confirmed=True):
    form = {"action": "delete_selected", "_selected_action": [row.pk for row in rows]}
    confirmation = {"post": "yes"} if confirmed else {"index": "0"}
    return client.post(f"/admin/store/{kind}/", form | confirmation, follow=True)


@pytest.fixture
def paid_order(customer, product):
    order = Order(customer=customer, payment_status="C")
    write_order(order=order, quantities={product.pk: 3})
    return order


@pytest.fixture
def needed(paid_order, product, collection, customer):
    """A row of each kind that others need."""
    return {
        "product": product,
        "collection": collection,
        "customer": customer,
        "order": paid_order,
    }


@pytest.fixture
def spare(make_product, make_customer):
    """A row of each kind that nobody needs."""
    return {
        "product": make_product(title="Spare"),
        "collection": baker.make(Collection),
        "customer": make_customer("bob"),
        "order": baker.make(Order, customer=make_customer("eve")),
    }


@pytest.mark.parametrize("kind", REFUSALS)
class TestRefusal:
    def test_is_announced_with_what_stands_in_the_way(self, admin_client, needed, kind):
        page = admin_client.get(delete_url(kind, needed[kind]))

        assertContains(page, REFUSALS[kind])
        assertContains(page, f">{IN_THE_WAY[kind]}")
        assertNotContains(page, "Yes, I’m sure")

    def test_of_a_confirmed_deletion_is_shown(self, admin_client, needed, kind):
        page = admin_client.post(delete_url(kind, needed[kind]), {"post": "yes"}, follow=True)

        assert messages_in(page) == [REFUSALS[kind]]
        assert MODELS[kind].objects.filter(pk=needed[kind].pk).exists()
        assert OrderItem.objects.count() == 1
        assert not LogEntry.objects.exists()

    def test_of_many_is_announced(self, admin_client, needed, kind):
        page = delete_selected(admin_client, kind, needed[kind], confirmed=False)

        assertContains(page, REFUSALS[kind])
        assertNotContains(page, "Yes, I’m sure")

    def test_of_one_among_many_keeps_all(self, admin_client, needed, spare, kind):
        page = delete_selected(admin_client, kind, spare[kind], needed[kind])

        assert messages_in(page) == [f"{REFUSALS[kind]} Nothing was deleted."]
        kept = MODELS[kind].objects.filter(pk__in=[spare[kind].pk, needed[kind].pk])
        assert kept.count() == 2
        assert not LogEntry.objects.exists()


@pytest.mark.parametrize("kind", REFUSALS)
class TestDeletion:
    def test_of_one_is_confirmed_first(self, admin_client, spare, kind):
        url = delete_url(kind, spare[kind])
        assertContains(admin_client.get(url), "Yes, I’m sure")

        admin_client.post(url, {"post": "yes"})

        assert not MODELS[kind].objects.filter(pk=spare[kind].pk).exists()

    def test_of_many_is_confirmed_first(self, admin_client, spare, kind):
        page = delete_selected(admin_client, kind, spare[kind], confirmed=False)
        assertContains(page, "Yes, I’m sure")

        page = delete_selected(admin_client, kind, spare[kind])

        assert messages_in(page) == [f"Successfully deleted 1 {kind}."]
        assert not MODELS[kind].objects.filter(pk=spare[kind].pk).exists()


def test_an_unpaid_order_returns_its_stock_once(admin_client, customer, product):
    order = Order(customer=customer)
    write_order(order=order, quantities={product.pk: 3})
    url = delete_url("order", order)
    assertContains(admin_client.get(url), "3 x Teapot")

    for _ in range(2):
        admin_client.post(url, {"post": "yes"})

    assert not Order.objects.exists()
    assert Product.objects.get().inventory == 10


def test_many_unpaid_orders_return_their_stock(admin_client, customer, product):
    orders = [Order(customer=customer) for _ in range(3)]
    for order in orders:
        write_order(order=order, quantities={product.pk: 2})

    delete_selected(admin_client, "order", *orders)

    assert not Order.objects.exists()
    assert Product.objects.get().inventory == 10


def test_a_failed_order_returns_no_stock_twice(admin_client, customer, product):
    order = baker.make(Order, customer=customer, payment_status="F")
    baker.make(OrderItem, order=order, product=product, quantity=3, unit_price=Decimal(1))

    admin_client.post(delete_url("order", order), {"post": "yes"})

    assert Product.objects.get().inventory == 10


def test_a_deleted_customer_leaves_the_user(admin_client, customer, django_user_model):
    admin_client.post(delete_url("customer", customer), {"post": "yes"})

    assert django_user_model.objects.filter(username="ann").exists()


def test_a_refusal_names_only_the_first_of_many(
    admin_client, collection, make_product, django_assert_num_queries
):
    for _ in range(50):
        make_product()

    with django_assert_num_queries(4):
        page = admin_client.get(delete_url("collection", collection))

    assert len(page.context["protected"]) == 11
    assertContains(page, "<li>…</li>")


def test_too_many_at_once_are_refused(admin_client, collection, make_product):
    products = [make_product() for _ in range(501)]

    page = delete_selected(admin_client, "product", *products)

    assert messages_in(page) == ["At most 500 can be deleted at once. Nothing was deleted."]
    assert Product.objects.count() == 501


def test_what_is_gone_already_is_said_to_be(admin_client, product):
    url = delete_url("product", product)
    product.delete()

    page = admin_client.post(url, {"post": "yes"}, follow=True)

    assert "doesn’t exist. Perhaps it was deleted?" in messages_in(page)[0]


@pytest.mark.parametrize("at_once", [False, True])
def test_somebody_faster_is_no_server_error(admin_client, spare, at_once):
    def delete_first(**kwargs):
        Order.objects.all().delete()

    post_save.connect(delete_first, sender=LogEntry)
    if at_once:
        page = delete_selected(admin_client, "order", spare["order"])
    else:
        url = delete_url("order", spare["order"])
        page = admin_client.post(url, {"post": "yes"}, follow=True)
    post_save.disconnect(delete_first, sender=LogEntry)

    assert messages_in(page)[0].startswith("Somebody else was faster.")
