"""Owner and staff move the same orders at once: each order goes one way, its stock once."""

from collections import Counter

import pytest

from outbox.models import Mail
from store.models import Order, OrderItem, OrderStatusChange

from .crowd import Request
from .tallies import stock_difference

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

PIECES = 3


@pytest.fixture
def product(make_product):
    """A product of which all pieces are in orders."""
    return make_product(inventory=0)


@pytest.fixture
def make_orders(product):
    def make_orders(owners, **fields):
        orders = Order.objects.bulk_create(
            Order(customer=owner.customer, **fields) for owner in owners
        )
        orders = list(Order.objects.order_by("-pk")[: len(orders)])[::-1]
        OrderItem.objects.bulk_create(
            OrderItem(order=order, product=product, quantity=PIECES, unit_price=1)
            for order in orders
        )
        return orders

    return make_orders


def step(order, name, user):
    return Request("POST", f"/store/orders/{order.pk}/{name}/", {"reason": name}, user.token)


def steps_of(order):
    """List the steps of an order, each with the mails on it."""
    return [
        (change.to_status, Mail.objects.filter(key=f"order:{order.pk}:status:{change.pk}").count())
        for change in order.status_changes.order_by("pk")
    ]


def test_an_order_is_cancelled_or_shipped(
    clerk, product, make_users, make_orders, at_once, rounds, racers, tally
):
    figures = tally("cancel against ship")
    owners = make_users(racers)
    cancelled = 0
    for number in range(1, rounds + 1):
        orders = make_orders(owners, payment_status="C")

        responses = at_once(
            [
                request
                for order, owner in zip(orders, owners, strict=True)
                for request in (step(order, "cancel", owner), step(order, "ship", clerk))
            ]
        )

        for order, cancel, ship in zip(orders, responses[::2], responses[1::2], strict=True):
            assert sorted([cancel.status, ship.status]) == [200, 409]
            order.refresh_from_db()
            status = "cancelled" if cancel.status == 200 else "shipped"
            assert (order.status, steps_of(order)) == (status, [(status, 1)])
            refusal = ship if cancel.status == 200 else cancel
            assert refusal.body["code"] == "order_status_conflict"
            cancelled += cancel.status == 200
        product.refresh_from_db()
        assert product.inventory == cancelled * PIECES
        difference = stock_difference({product: number * racers * PIECES})
        figures.add(responses, orders=racers, stock_difference=difference)


def test_cancelled_many_times_at_once_the_stock_goes_back_once(
    clerk, product, make_users, make_orders, at_once, rounds, tally
):
    figures = tally("20 cancels of the same order")
    owner = make_users(1)[0]
    for number in range(1, rounds + 1):
        [order] = make_orders([owner])

        responses = at_once([step(order, "cancel", owner)] * 20)

        assert Counter(response.status for response in responses) == {200: 20}
        assert {response.body["status"] for response in responses} == {"cancelled"}
        assert steps_of(order) == [("cancelled", 1)]
        difference = stock_difference({product: number * PIECES})
        figures.add(responses, orders=1, stock_difference=difference)
    product.refresh_from_db()
    assert product.inventory == rounds * PIECES
    assert OrderStatusChange.objects.count() == Mail.objects.count() == rounds


def test_cancelled_and_taken_up_again_the_stock_is_never_short(
    clerk, product, make_users, make_orders, at_once, rounds, racers, tally
):
    figures = tally("cancel against taking up again")
    for _ in range(rounds):
        owners = make_users(racers)
        # The pieces of the first half are all that the second half can be taken up again with.
        held, failed = make_orders(owners), make_orders(owners, payment_status="F")
        cancels = [step(order, "cancel", owner) for order, owner in zip(held, owners, strict=True)]
        again = [
            Request("PATCH", f"/store/orders/{order.pk}/", {"payment_status": "P"}, clerk.token)
            for order in failed
        ]

        responses = at_once(
            [request for pair in zip(cancels, again, strict=True) for request in pair]
        )

        assert {response.status for response in responses[::2]} == {200}
        taken_up = [response for response in responses[1::2] if response.status == 200]
        refused = [response for response in responses[1::2] if response.status == 409]
        assert len(taken_up) + len(refused) == len(failed)
        assert {response.body["code"] for response in refused} <= {"insufficient_stock"}
        assert Order.objects.filter(status="pending").count() == len(taken_up)
        difference = stock_difference({product: len(held) * PIECES})
        figures.add(responses, orders=len(taken_up), stock_difference=difference)
        Order.objects.filter(status="pending").update(payment_status="F")
        product.inventory = 0
        product.save(update_fields=["inventory"])
