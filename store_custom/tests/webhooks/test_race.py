"""Many orders at once, while staff edit the endpoint: each order is told once, and low stock once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.db import connection, transaction

from outbox.tests.crowd import at_once
from store.models import Cart, CartItem, Order, Product
from store.services.orders import place_order
from storefront.tests.faults.mailrooms import wait_until
from webhooks.models import Delivery, Endpoint, EndpointState, Event

from .recorded import names, told

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

BUYERS = 16
# How many statements wait for a lock. MariaDB's list of lock waits is not renewed while it is asked often:
# a statement that takes 0.2 seconds waits.
WAITING = {
    "postgresql": "SELECT count(*) FROM pg_locks "
    "WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))",
    "mysql": "SELECT count(*) FROM information_schema.processlist WHERE db = database() "
    "AND id <> connection_id() AND command = 'Query' AND time_ms > 200",
}


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


@pytest.mark.row_locks
@pytest.mark.parametrize(("held", "times"), [(5, 1), (20, 2)])
def test_an_edit_that_waits_for_another_sees_its_stock(
    make_product, endpoint, monkeypatch, held, times
):
    """From 50 to 5 and 3 the stock becomes low once; from 3 by way of 20 to 3 once more."""
    monkeypatch.setattr("webhooks.services.events.deliveries_due.send_robust", lambda **_: None)
    product = make_product(inventory=50)
    rows = Product.objects.filter(pk=product.pk)
    if times == 2:
        rows.update(inventory=3)

    def edit():
        with closing(connection):
            rows.update(inventory=3)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            rows.update(inventory=held)
            edited = pool.submit(edit)
            wait_until(is_one_waiting, "the edit waits for the lock", seconds=10)
        edited.result()

    assert len(told("stock.low")) == times


def is_one_waiting():
    with connection.cursor() as cursor:
        cursor.execute(WAITING[connection.vendor])
        return cursor.fetchone()[0] > 0
