import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from store.models import Cart, CartItem, IdempotencyKey, Order, OrderStatusChange, Product

ORDERS = "/store/orders/"
# The columns that hold each status, as the contract has them.
COLUMNS = {
    "pending": {"payment_status": "P"},
    "paid": {"payment_status": "C"},
    "shipped": {"payment_status": "C", "stage": "shipped"},
    "delivered": {"payment_status": "C", "stage": "delivered"},
    "cancelled": {"payment_status": "F"},
    "refunded": {"payment_status": "C", "stage": "refunded"},
}


def snapshot() -> dict[str, list[tuple]]:
    """Return what a refusal must leave as it is."""
    return {
        "orders": list(Order.objects.order_by("pk").values_list("pk", "status")),
        "history": list(OrderStatusChange.objects.values_list("pk", "to_status")),
        "stock": list(Product.objects.order_by("pk").values_list("inventory")),
        "carts": list(Cart.objects.order_by("pk").values_list("pk", "user")),
        "items": list(CartItem.objects.order_by("pk").values_list("pk", "quantity")),
        "keys": list(IdempotencyKey.objects.values_list("digest", "order")),
    }


@pytest.fixture
def make_cart(product: Product) -> Callable[..., Cart]:
    def make_cart(quantity: int = 3) -> Cart:
        cart = Cart.objects.create()
        cart.items.create(product=product, quantity=quantity)
        return cart

    return make_cart


@pytest.fixture
def cart(make_cart: Callable[..., Cart]) -> Cart:
    """Three teapots at 10.00, of ten in stock; 33.00 with tax."""
    return make_cart()


@pytest.fixture
def place(api_client: Any) -> Callable[..., Any]:
    """Order a cart; fields go to the body."""

    def place(cart: Cart, key: str | None = None, **body: Any) -> Any:
        headers = {} if key is None else {"HTTP_IDEMPOTENCY_KEY": key}
        # Written here, so that what is no text of Unicode goes escaped.
        sent = json.dumps({"cart_id": str(cart.pk), **body})
        return api_client.post(ORDERS, sent, content_type="application/json", **headers)

    return place


@pytest.fixture
def make_order(product: Product) -> Callable[..., Order]:
    """Make an order of three of ten teapots that has come to a status."""

    def make_order(customer: Any, status: str = "pending") -> Order:
        order = Order.objects.create(customer=customer, **COLUMNS[status])
        order.items.create(product=product, title="Teapot", quantity=3, unit_price="10.00")
        Product.objects.update(inventory=10 if status == "cancelled" else 7)
        return order

    return make_order


@pytest.fixture
def sign_in_canceller(sign_in: Callable[..., Any]) -> Callable[..., Any]:
    """Sign in a member of staff who may cancel."""

    def sign_in_canceller() -> Any:
        user = sign_in("clerk", is_staff=True)
        user.user_permissions.add(Permission.objects.get(codename="cancel_order"))
        return user

    return sign_in_canceller
