"""Many orders at once, while staff edit the endpoint: each order is told once, and low stock once."""

from collections import Counter

import pytest

from outbox.tests.crowd import at_once
from store.models import Cart, CartItem, Order
from store.services.orders import place_order
from webhooks.models import Delivery, Endpoint, EndpointState, Event

from .recorded import names

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

BUYERS = 16


def test_each_change_is_recorded_once(make_product, register, endpoint, monkeypatch):
    monkeypatch.setattr("webhooks.services.events.deliveries_due.send_robust", lambda **_: None)
    # The twelfth buyer of one piece brings it from 10 to 9.
    product = make_product(inventory=21)
    EndpointState.objects.create(endpoint=endpoint)
    carts = [Cart.objects.create() for _ in range(BUYERS)]
    CartItem.objects.bulk_create(CartItem(cart=c, product=product, quantity=1) for c in carts)
    users = [register(f"buyer-{number}").pk for number in range(BUYERS)]

    def act(number):
        if number < BUYERS:
            place_order(cart_id=carts[number].pk, user_id=users[number])
        else:
            for text in "abcdefgh":
                Endpoint.objects.filter(pk=endpoint.pk).update(description=text)

    at_once(BUYERS + 2, act)

    assert Order.objects.count() == BUYERS
    assert Counter(names()) == {"order.placed": BUYERS, "stock.low": 1}
    assert Delivery.objects.count() == Event.objects.count() == BUYERS + 1
