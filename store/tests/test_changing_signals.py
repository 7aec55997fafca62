"""Signals inside the transaction: what a receiver writes, or refuses, goes with the change."""

from contextlib import contextmanager

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from model_bakery import baker

from store.models import Order, OrderItem, Product
from store.services.order_status import change_order_status
from store.services.orders import write_order
from store.signals import order_status_changing, products_changing, stock_taking

pytestmark = pytest.mark.django_db


class Refused(Exception):
    pass


def refuse(**kwargs):
    raise Refused


@contextmanager
def receiving(signal, receiver):
    signal.connect(receiver)
    try:
        yield
    finally:
        signal.disconnect(receiver)


@pytest.fixture
def heard():
    """What is said of products: action, keys, fields."""
    heard = []

    def hear(rows, action, fields, **kwargs):
        heard.append((action, sorted(rows.values_list("pk", flat=True)), {*fields}))

    with receiving(products_changing, hear):
        yield heard


class TestOrders:
    @pytest.mark.parametrize("signal", [order_status_changing, stock_taking])
    def test_a_refusal_places_no_order(self, product, customer, signal):
        with receiving(signal, refuse), pytest.raises(Refused):
            write_order(order=Order(customer=customer), quantities={product.pk: 3})
        product.refresh_from_db()
        assert (Order.objects.count(), product.inventory) == (0, 10)

    def test_a_refusal_makes_no_step(self, product, customer):
        order = Order(customer=customer)
        write_order(order=order, quantities={product.pk: 3})
        with receiving(order_status_changing, refuse), pytest.raises(Refused):
            change_order_status(order=order, status="cancelled")
        product.refresh_from_db()
        assert (Order.objects.get().status, product.inventory) == ("pending", 7)
        assert order.status_changes.count() == 1

    def test_it_is_said_before_the_commit(self, product, customer):
        heard = []

        def hear(order, change, **kwargs):
            heard.append((change.pk, order.status, transaction.get_connection().in_atomic_block))

        with receiving(order_status_changing, hear):
            order = Order(customer=customer)
            write_order(order=order, quantities={product.pk: 3})
        assert heard == [(order.status_changes.get().pk, "pending", True)]


class TestProducts:
    def test_each_door_is_heard(self, product, make_product, heard):
        other = make_product()
        product.title = "Mug"
        product.save()
        product.save()
        Product.objects.filter(unit_price=10).update(inventory=3)
        Product.objects.bulk_update([product, other], ["slug"])
        key = other.pk
        other.delete()
        Product.objects.filter(pk=product.pk).delete()
        assert [(action, keys) for action, keys, _ in heard] == [
            ("created", [key]),
            ("updated", [product.pk]),
            ("updated", [product.pk, key]),
            ("updated", [product.pk, key]),
            ("deleted", [key]),
            ("deleted", [product.pk]),
        ]
        assert [fields for action, _, fields in heard if action == "updated"] == [
            {"title", "last_update"},
            {"inventory"},
            {"slug"},
        ]

    def test_a_function_is_called_after_the_write(self, product):
        prices = []

        def watch(rows, **kwargs):
            def note():
                prices.append(Product.objects.get().unit_price)

            note()
            return note

        with receiving(products_changing, watch):
            Product.objects.update(unit_price=7)
        assert prices == [10, 7]

    @pytest.mark.parametrize(
        "write",
        [
            lambda product: Product.objects.update(inventory=0),
            lambda product: Product.objects.update(title="Mug"),
            lambda product: product.delete(),
            lambda product: Product.objects.create(
                **{"title": "Pot", "slug": "pot", "unit_price": 1, "inventory": 1},
                collection=product.collection,
            ),
        ],
    )
    def test_a_refusal_undoes_the_write(self, product, write):
        before = list(Product.objects.values())
        with (
            receiving(products_changing, refuse),
            pytest.raises(Refused),
            transaction.atomic(),
        ):
            write(product)
        assert list(Product.objects.values()) == before

    def test_what_the_database_refuses_takes_the_receivers_writes_along(self, product):
        baker.make(OrderItem, product=product)

        def note(rows, **kwargs):
            Order.objects.update(shipping_city="written")

        with receiving(products_changing, note), pytest.raises(ProtectedError):
            product.delete()
        assert not Order.objects.filter(shipping_city="written").exists()
