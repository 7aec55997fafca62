from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from model_bakery import baker

from store.models import Cart, CartItem, Collection, Customer, Product, Promotion


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
def make_promotion(db: None) -> Callable[..., Promotion]:
    """Make a promotion of these products that runs now for everybody; fields given replace the usual ones."""

    def make_promotion(*products: Product, **fields: Any) -> Promotion:
        usual = {
            "description": "Sale",
            "discount": 0.2,
            "starts_at": timezone.now() - timedelta(days=1),
        }
        promotion = Promotion.objects.create(**{**usual, **fields})
        promotion.products.set(products)
        return promotion

    return make_promotion


@pytest.fixture
def fields(collection: Collection) -> dict[str, Any]:
    """What the API asks for of a new product."""
    return {
        "title": "Kettle",
        "slug": "kettle",
        "unit_price": 19.5,
        "inventory": 3,
        "collection": collection.id,
    }


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
