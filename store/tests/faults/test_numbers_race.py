"""What is asked for at once: never more of it than one account, or one cart, may have."""

from collections import Counter

import pytest

from likes.models import LikedItem
from store.models import Address, CartItem, IdempotencyKey, Review

from .crowd import Request, checkout, statuses

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
REQUESTS = 20


def addresses(user, products, make_cart):
    body = {"street": "1 Main St", "city": "Springfield"}
    return [Request("POST", "/store/customers/me/addresses/", body, user.token)] * REQUESTS


def reviews(user, products, make_cart):
    body = {"name": "Ann", "description": "Good."}
    path = f"/store/products/{products[0].pk}/reviews/"
    return [Request("POST", path, body, user.token)] * REQUESTS


def lines(user, products, make_cart):
    path = f"/store/carts/{make_cart({}).pk}/items/"
    bodies = [{"product_id": product.pk, "quantity": 1} for product in products]
    return [Request("POST", path, body) for body in bodies]


def likes(user, products, make_cart):
    bodies = [{"content_type": "store.product", "object_id": each.pk} for each in products]
    return [Request("POST", "/likes/", body, user.token) for body in bodies]


def keys(user, products, make_cart):
    return [
        checkout(make_cart({product: 1}), user, {"Idempotency-Key": f"key-{number}"})
        for number, product in enumerate(products)
    ]


@pytest.mark.parametrize(
    ("requests", "model"),
    [
        (addresses, Address),
        (reviews, Review),
        (lines, CartItem),
        (likes, LikedItem),
        (keys, IdempotencyKey),
    ],
)
def test_a_number_holds(user, make_product, make_cart, at_once, settings, requests, model):
    settings.STORE_CART_LINES = settings.STORE_ADDRESSES = 5
    settings.STORE_REVIEWS_PER_PRODUCT = settings.STORE_IDEMPOTENCY_KEYS = settings.LIKES = 5
    products = [make_product(inventory=100) for _ in range(REQUESTS)]

    responses = at_once(requests(user, products, make_cart))

    assert statuses(responses) == Counter({201: 5, 409: 15})
    assert model.objects.count() == 5
