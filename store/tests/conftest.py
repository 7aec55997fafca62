from collections.abc import Callable
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from model_bakery import baker

from store.models import Cart, CartItem, Collection, Customer, Product


@pytest.fixture
def collection(db: None) -> Collection:
    return baker.make(Collection, title="Kitchen")


@pytest.fixture
def make_product(collection: Collection) -> Callable[..., Product]:
    """Make a sellable product; fields given replace the usual ones."""
    numbers = count(1)

    def make_product(**fields: Any) -> Product:
        number = next(numbers)
        usual = {
            "title": f"Product {number}",
            "slug": f"product-{number}",
            "description": None,
            "unit_price": Decimal("10.00"),
            "inventory": 10,
            "collection": collection,
        }
        return baker.make(Product, **{**usual, **fields})

    return make_product


@pytest.fixture
def product(make_product: Callable[..., Product]) -> Product:
    return make_product(title="Teapot", slug="teapot")


@pytest.fixture
def cart(db: None) -> Cart:
    return Cart.objects.create()


@pytest.fixture
def item(cart: Cart, product: Product) -> CartItem:
    return CartItem.objects.create(cart=cart, product=product, quantity=2)


@pytest.fixture
def customer(db: None) -> Customer:
    user = baker.make(get_user_model(), username="zoe", email="zoe@example.com")
    Customer.objects.filter(user=user).update(phone="555-0100", birth_date="1990-02-28")
    return user.customer
