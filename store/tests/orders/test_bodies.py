"""What placing an order answers, past the serializers, is what the serializers would say."""

import pytest
from model_bakery import baker

from store.models import Cart, CartItem, Order
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


@pytest.mark.parametrize(
    "address", [{}, {"shipping_address": {"street": "1 Mill Lane", "city": "Millhaven"}}]
)
@pytest.mark.parametrize("headers", [{}, {"idempotency-key": "a-key"}])
def test_a_new_order_is_answered_as_it_is_read(
    api_client, sign_in, make_product, make_promotion, address, headers
):
    sign_in()
    prices = ("9.99", "1.00", "1234.50")
    products = [make_product(unit_price=price, inventory=9) for price in prices]
    make_promotion(products[0], discount=1 / 3)
    cart = baker.make(Cart)
    for quantity, product in enumerate(products, start=1):
        CartItem.objects.create(cart=cart, product=product, quantity=quantity)
    request = {"cart_id": str(cart.pk), **address}

    created = api_client.post("/store/orders/", request, format="json", headers=headers)

    assert created.status_code == 201
    read = api_client.get(f"/store/orders/{created.json()['id']}/")
    assert created.content == read.content
    again = api_client.post("/store/orders/", request, format="json", headers=headers)
    assert again.json() == created.json()
