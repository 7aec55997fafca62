from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.db import connection
from django.utils.http import urlsafe_base64_encode
from model_bakery import baker
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import RefreshToken

PASSWORD = "a-Str0ng-one"


@pytest.fixture
def register(db: None) -> Callable[..., Any]:
    """Make a saved user with PASSWORD, not signed in."""

    def register(username: str = "ann", **fields: Any) -> Any:
        return get_user_model().objects.create_user(
            **{"username": username, "email": f"{username}@example.com", "password": PASSWORD}
            | fields
        )

    return register


@pytest.fixture
def tokens_of(api_client: APIClient) -> Callable[..., dict[str, str]]:
    """Sign in over HTTP and return the access and the refresh token."""

    def tokens_of(username: str = "ann", password: str = PASSWORD) -> dict[str, str]:
        response = api_client.post(
            "/auth/jwt/create/", {"username": username, "password": password}, format="json"
        )
        assert response.status_code == 200, response.json()
        return response.json()

    return tokens_of


@pytest.fixture
def product(db: None) -> Any:
    return baker.make("store.Product", title="Lamp", unit_price=10, inventory=100)


@pytest.fixture
def world(register: Callable[..., Any], product: Any) -> dict[str, Any]:
    """Save one row of everything, as the name in ROUTES -> the id; `ann` may do all."""
    ann = register(is_staff=True, is_superuser=True)
    bare = register("bare")
    bare.customer.delete()
    cart = baker.make("store.Cart")
    orders = {
        "order": baker.make("store.Order", customer=ann.customer),
        "paid_order": baker.make("store.Order", customer=ann.customer, payment_status="C"),
        "shipped_order": baker.make(
            "store.Order", customer=ann.customer, payment_status="C", stage="shipped"
        ),
    }
    for order in orders.values():
        baker.make("store.OrderItem", order=order, product=product, unit_price=10, quantity=1)
    baker.make("store.OrderStatusChange", order=orders["order"], to_status="pending")
    baker.make("store.Payment", order=orders["order"], gateway="development", amount=10)
    tag = baker.make("tags.Tag", label="sale")
    item_of_product = {"content_object": product}
    return {
        "user": ann.pk,
        "bare_user": bare.pk,
        "uid": urlsafe_base64_encode(str(ann.pk).encode()),
        "token": default_token_generator.make_token(ann),
        "refresh": str(RefreshToken.for_user(ann)),
        "product": product.pk,
        "collection": product.collection_id,
        "review": baker.make("store.Review", product=product).pk,
        "image": baker.make("store.ProductImage", product=product, image="store/images/x.png").pk,
        "cart": str(cart.pk),
        "item": baker.make("store.CartItem", cart=cart, product=product, quantity=1).pk,
        "customer": ann.customer.pk,
        "address": baker.make("store.Address", customer=ann.customer).pk,
        **{name: order.pk for name, order in orders.items()},
        "tag": tag.pk,
        "tagged": baker.make("tags.TaggedItem", tag=tag, **item_of_product).pk,
        "like": baker.make("likes.LikedItem", user=ann, **item_of_product).pk,
    }


@pytest.fixture
def database_away(transactional_db: None) -> Iterator[None]:
    """Point the connection at a place where no server answers."""
    connection.close()
    nowhere = {"NAME": "/nowhere/db.sqlite3", "HOST": "127.0.0.1", "PORT": "1"}
    with pytest.MonkeyPatch.context() as patch:
        for name in ["NAME"] if connection.vendor == "sqlite" else ["HOST", "PORT"]:
            patch.setitem(connection.settings_dict, name, nowhere[name])
        yield
