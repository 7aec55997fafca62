import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.models.signals import post_init
from rest_framework.test import APIClient

from store.gateways.development import SIGNATURE, new_event
from store.gateways.signatures import sign
from store.models import Cart, Order, OrderStatusChange, Payment, Product

from .gateways import Ledger

WEBHOOK = "/store/payments/webhook/"


@pytest.fixture
def api_client(committing_client: APIClient) -> APIClient:
    return committing_client


@pytest.fixture
def ann(sign_in: Callable[..., Any]) -> Any:
    return sign_in()


@pytest.fixture
def place(api_client: APIClient, ann: Any, product: Product) -> Callable[[], Order]:
    """Place an order of three teapots, 33.00 with tax; ten are there before the first."""

    def place() -> Order:
        cart = Cart.objects.create()
        cart.items.create(product=product, quantity=3)
        response = api_client.post("/store/orders/", {"cart_id": str(cart.pk)}, format="json")
        assert response.status_code == 201
        return Order.objects.get(pk=response.json()["id"])

    return place


@pytest.fixture
def order(place: Callable[[], Order]) -> Order:
    return place()


@pytest.fixture
def pay(api_client: APIClient) -> Callable[[Order], Payment]:
    """Start to pay for an order."""

    def pay(order: Order) -> Payment:
        response = api_client.post(f"/store/orders/{order.pk}/payments/")
        assert response.status_code == 201
        return Payment.objects.get(pk=response.json()["id"])

    return pay


@pytest.fixture
def payment(pay: Callable[[Order], Payment], order: Order) -> Payment:
    return pay(order)


@pytest.fixture
def gateway_client(committing_client: APIClient) -> APIClient:
    """Nobody the shop knows."""
    return type(committing_client)()


@pytest.fixture
def post(gateway_client: APIClient, settings: Any) -> Callable[..., Any]:
    """Post a body to the webhook, signed as of now unless a signature is given."""

    def post(body: bytes, signature: str | None = None, **request: Any) -> Any:
        if signature is None:
            signature = sign(body, settings.STORE_PAYMENT_WEBHOOK_SECRET)
        usual = {"content_type": "application/json", "headers": {SIGNATURE: signature}}
        return gateway_client.generic("POST", WEBHOOK, body, **{**usual, **request})

    return post


@pytest.fixture
def tell(post: Callable[..., Any]) -> Callable[..., Any]:
    """Deliver an event of the development gateway; fields given replace the usual ones."""

    def tell(kind: str, payment: Payment, /, **fields: Any) -> Any:
        event = new_event(kind, str(payment.key), payment.amount)
        usual = {"id": event.id, "kind": kind, "key": event.key, "amount": str(event.amount)}
        return post(json.dumps({**usual, **fields}).encode())

    return tell


@pytest.fixture
def ledger(settings: Any) -> Ledger:
    """Take another gateway, and return what it keeps."""
    ledger = Ledger()
    settings.STORE_PAYMENT_GATEWAY = "store.tests.payments.gateways.LedgerGateway"
    settings.STORE_PAYMENT_GATEWAY_OPTIONS = {"ledger": ledger}
    return ledger


@pytest.fixture
def state(order: Order, product: Product) -> Callable[[], tuple[str, int]]:
    """Return the status of the order and the stock, as they are now."""

    def state() -> tuple[str, int]:
        order.refresh_from_db()
        product.refresh_from_db()
        return order.status, product.inventory

    return state


@pytest.fixture
def staff(sign_in: Callable[..., Any], ann: Any, committing_client: APIClient) -> APIClient:
    """A clerk's client."""
    client = type(committing_client)()
    client.force_authenticate(type(ann).objects.create_user("clerk", is_staff=True))
    return client


@pytest.fixture
def history_fails() -> Callable[..., Any]:
    """Let no order, or not the one given, change its status, by a fault that nobody foresaw."""

    @contextmanager
    def history_fails(order: Order | None = None) -> Iterator[None]:
        def fail(instance: OrderStatusChange, **kwargs: Any) -> None:
            if order is None or instance.order_id == order.pk:
                raise RuntimeError

        post_init.connect(fail, sender=OrderStatusChange)
        try:
            yield
        finally:
            post_init.disconnect(fail, sender=OrderStatusChange)

    return history_fails
