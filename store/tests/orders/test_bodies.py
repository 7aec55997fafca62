"""What placing an order answers, past the serializers, is what the serializers would say."""

import pytest
from model_bakery import baker

from store.models import Order
from store.models.order_lines import order_with_lines
from store.serializers.order_bodies import order_body
from store.serializers.orders import OrderSerializer

pytestmark = pytest.mark.django_db

ADDRESS = {"shipping_street": "1 Mill Lane", "shipping_city": "Millhaven", "shipping_zip": "123"}


@pytest.fixture
def order(make_product, customer):
    """An order with an address, of a promoted line and of one that plain SQL might have written."""
    order = baker.make(Order, customer=customer, payment_status="C", stage="shipped", **ADDRESS)
    new = {"title": "Teapot", "list_price": "10.05", "tax": "2.01", "promotion": "Sale"}
    for quantity, fields in ((2, new), (3, dict.fromkeys(new))):
        product = make_product(unit_price="9.99")
        order.items.create(product=product, quantity=quantity, unit_price="1.10", **fields)
    return order


def serialized(order):
    return OrderSerializer(Order.objects.with_items().get(pk=order.pk)).data


def body(order):
    return order_body(*order_with_lines(order.pk))


def test_a_gone_order_is_not_there(order):
    with pytest.raises(Order.DoesNotExist):
        order_with_lines(order.pk + 1)


def test_an_order(order):
    expected = serialized(order)

    assert [item["promotion"] for item in expected["items"]] == ["Sale", None]
    assert body(order) == expected


def test_an_order_without_lines_and_address(customer):
    order = baker.make(Order, customer=customer)

    assert body(order) == serialized(order)
    assert body(order)["shipping_address"] is None


def test_the_fields_come_in_the_same_order(order):
    answered, expected = body(order), serialized(order)

    assert list(answered) == list(expected)
    assert list(answered["items"][0]) == list(expected["items"][0])
    assert list(answered["shipping_address"]) == list(expected["shipping_address"])
