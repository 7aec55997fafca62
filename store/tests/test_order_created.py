import logging

import pytest

from store.models import Cart, Product
from store.signals import order_created

pytestmark = pytest.mark.django_db

ORDERS = "/store/orders/"


@pytest.fixture
def cart(product):
    """Three teapots, of ten in stock."""
    cart = Cart.objects.create()
    cart.items.create(product=product, quantity=3)
    return cart


@pytest.fixture
def received():
    """Collect the orders that the signal announces."""
    orders = []

    def receive(order, **kwargs):
        orders.append(order)

    order_created.connect(receive)
    yield orders
    order_created.disconnect(receive)


def place(api_client, cart_id):
    return api_client.post(ORDERS, {"cart_id": str(cart_id)}, format="json")


class TestAnnouncement:
    def test_comes_once_and_after_the_commit(
        self, api_client, sign_in, cart, received, django_capture_on_commit_callbacks
    ):
        sign_in()
        with django_capture_on_commit_callbacks() as callbacks:
            order_id = place(api_client, cart.id).json()["id"]
            place(api_client, cart.id)
        assert received == []

        for callback in callbacks:
            callback()

        assert [order.pk for order in received] == [order_id]

    def test_does_not_come_on_a_refusal(
        self, api_client, sign_in, cart, received, django_capture_on_commit_callbacks
    ):
        Product.objects.update(inventory=0)
        sign_in()

        with django_capture_on_commit_callbacks(execute=True) as callbacks:
            response = place(api_client, cart.id)

        assert response.status_code == 409
        assert callbacks == received == []

    def test_is_logged_by_another_app(
        self, api_client, sign_in, cart, caplog, django_capture_on_commit_callbacks
    ):
        user = sign_in()

        with (
            caplog.at_level(logging.INFO, logger="core.signals.handlers"),
            django_capture_on_commit_callbacks(execute=True),
        ):
            order_id = place(api_client, cart.id).json()["id"]

        lines = [record for record in caplog.records if record.name == "core.signals.handlers"]
        assert [line.getMessage() for line in lines] == [
            f"Order {order_id} was placed by customer {user.customer.pk}"
        ]

    def test_a_failing_listener_fails_nobody_else(
        self, api_client, sign_in, cart, caplog, django_capture_on_commit_callbacks
    ):
        def fail(order, **kwargs):
            raise RuntimeError("listener is down")

        order_created.connect(fail)
        sign_in()
        with caplog.at_level(logging.INFO), django_capture_on_commit_callbacks(execute=True):
            response = place(api_client, cart.id)
        order_created.disconnect(fail)

        assert response.status_code == 201
        assert "listener is down" in caplog.text
        assert f"Order {response.json()['id']} was placed" in caplog.text
