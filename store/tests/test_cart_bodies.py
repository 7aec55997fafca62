"""What a cart answers, past the serializers, is what the serializers would say."""

import pytest

from store.models import Cart, CartItem
from store.models.cart_lines import held_line, lines_of
from store.serializers.cart_bodies import cart_body
from store.serializers.carts import CartSerializer

pytestmark = pytest.mark.django_db

MEMBERSHIPS = pytest.mark.parametrize("membership", [None, "B", "S", "G"])


@pytest.fixture
def full_cart(cart, make_product, make_promotion):
    """A cart of four products, three with promotions that differ in rank, date and membership."""
    plain, cheap, golden, ended = (
        make_product(unit_price=price, inventory=stock)
        for price, stock in (("1.10", 3), ("9999.99", 2), ("10.05", 0), ("2.49", 100))
    )
    make_promotion(cheap, golden, description="Sale", discount=0.15)
    make_promotion(golden, description="Gold", discount=0.5, memberships="SG")
    make_promotion(cheap, description="Some day", starts_at=None)
    make_promotion(ended, starts_at="2020-01-01T00:00:00Z", ends_at="2020-02-01T00:00:00Z")
    for quantity, product in enumerate((golden, plain, cheap, ended), start=2):
        CartItem.objects.create(cart=cart, product=product, quantity=quantity)
    return cart


def serialized(cart, membership):
    return CartSerializer(Cart.objects.with_items(membership).get(pk=cart.pk)).data


def shown(cart, membership):
    lines = lines_of(cart_id=cart.pk, user_id=None, membership=membership)
    return cart_body(cart.pk, lines)


@MEMBERSHIPS
def test_a_full_cart(full_cart, membership):
    expected = serialized(full_cart, membership)

    assert len(expected["items"]) == 4
    assert shown(full_cart, membership) == expected


def test_an_empty_cart_in_the_same_order_of_fields(cart):
    expected = serialized(cart, None)

    assert list(shown(cart, None)) == list(expected)
    assert shown(cart, None) == expected


def test_the_fields_of_an_item_come_in_the_same_order(full_cart):
    (item, *_), (expected, *_) = shown(full_cart, "G")["items"], serialized(full_cart, "G")["items"]

    assert list(item) == list(expected)
    assert list(item["promotion"]) == list(expected["promotion"])


def test_of_somebody_else_is_none(cart, django_user_model):
    owner = django_user_model.objects.create(username="olga", email="olga@example.com")
    Cart.objects.update(user=owner)

    assert lines_of(cart_id=cart.pk, user_id=None, membership=None) is None
    assert lines_of(cart_id=cart.pk, user_id=owner.pk + 1, membership=None) is None
    assert lines_of(cart_id=cart.pk, user_id=owner.pk, membership=None) == []


@pytest.mark.parametrize("product_id", [0, -1, 2**63, -(2**70)])
def test_no_item_of_a_product_that_is_not_there(full_cart, product_id):
    assert held_line(cart_id=full_cart.pk, product_id=product_id) is None


def test_the_item_of_a_product(full_cart, cart, product):
    item = full_cart.items.first()

    assert held_line(cart_id=cart.pk, product_id=item.product_id) == (item.pk, item.quantity)
    assert held_line(cart_id=cart.pk, product_id=product.pk) == (None, 0)
