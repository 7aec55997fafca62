"""Clients that send the same Idempotency-Key at once get one order."""

from collections import Counter
from uuid import uuid4

import pytest

from store.models import Cart, IdempotencyKey, Order

from .crowd import checkout
from .tallies import stock_difference

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

REPLAYED = "Idempotency-Replayed"


@pytest.fixture
def product(make_product):
    return make_product(inventory=100)


def place(cart, user, key):
    return checkout(cart, user, {"Idempotency-Key": key})


def test_a_key_sent_many_times_at_once_is_one_order(
    user, product, make_cart, at_once, rounds, tally
):
    figures = tally("the same key from 20 clients")
    for number in range(1, rounds + 1):
        cart, key = make_cart({product: 3}), str(uuid4())

        responses = at_once([place(cart, user, key)] * 20)

        order = Order.objects.get(cart_uuid=cart.pk)
        placed = [response for response in responses if response.status == 201]
        refused = [response for response in responses if response not in placed]
        assert {response.body["id"] for response in placed} == {order.pk}
        marks = Counter(response.headers[REPLAYED] for response in placed)
        assert marks == Counter({None: 1, "true": len(placed) - 1})
        assert {(a.status, a.body["code"]) for a in refused} <= {(409, "idempotency_key_in_flight")}
        [again] = at_once([place(cart, user, key)])
        assert (again.status, again.headers[REPLAYED]) == (201, "true")
        assert again.body["id"] == order.pk
        assert Order.objects.count() == number
        figures.add(responses, orders=1, stock_difference=stock_difference({product: 100}))


def test_a_key_sent_with_other_carts_at_once_is_one_order(
    user, product, make_cart, at_once, rounds, tally
):
    figures = tally("the same key with 20 carts")
    for number in range(1, rounds + 1):
        carts, key = [make_cart({product: 1}) for _ in range(20)], str(uuid4())

        responses = at_once([place(cart, user, key) for cart in carts])

        assert Counter(response.status for response in responses) == {201: 1, 422: 19}
        assert Order.objects.count() == number
        assert Cart.objects.count() == 19 * number
        figures.add(responses, orders=1, stock_difference=stock_difference({product: 100}))


def test_a_cart_sent_under_many_keys_at_once_is_one_order(
    user, product, make_cart, at_once, rounds, tally
):
    figures = tally("the same cart under 20 keys")
    for number in range(1, rounds + 1):
        cart = make_cart({product: 1})
        requests = [place(cart, user, str(uuid4())) for _ in range(20)]

        responses = at_once(requests)

        assert Counter(response.status for response in responses) == {201: 1, 200: 19}
        assert {response.headers[REPLAYED] for response in responses} == {None}
        # Under each key the same order is found from now on.
        again = at_once(requests)
        assert [a.status for a in again] == [a.status for a in responses]
        assert {response.headers[REPLAYED] for response in again} == {"true"}
        assert {response.body["id"] for response in [*responses, *again]} == {
            Order.objects.first().pk
        }
        assert Order.objects.count() == number
        figures.add(responses, orders=1, stock_difference=stock_difference({product: 100}))


def test_a_key_that_was_refused_at_once_is_free_again(user, make_product, make_cart, at_once):
    product, key = make_product(inventory=2), str(uuid4())
    cart = make_cart({product: 3})

    responses = at_once([place(cart, user, key)] * 20)

    assert {response.status for response in responses} == {409}
    assert {response.body["code"] for response in responses} <= {
        "insufficient_stock",
        "idempotency_key_in_flight",
    }
    product.inventory = 3
    product.save()
    [again] = at_once([place(cart, user, key)])
    assert (again.status, again.headers[REPLAYED]) == (201, None)
    assert IdempotencyKey.objects.get().order_id == again.body["id"]
