from collections import Counter

import pytest

from store.models import Order, OrderItem

from .crowd import Request

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

ORDERS = "/store/orders/"


class TestStaffAtOnce:
    @pytest.fixture
    def make_orders(self, clerk, make_product):
        """Make orders of three pieces of one product that has seven left for each."""

        def make_orders(number):
            product = make_product(inventory=0)
            made = [Order.objects.create(customer=clerk.customer) for _ in range(number)]
            OrderItem.objects.bulk_create(
                OrderItem(order=order, product=product, quantity=3, unit_price=1) for order in made
            )
            return product, made

        return make_orders

    def test_deleting_twice_returns_the_stock_once(self, clerk, make_orders, at_once, racers):
        product, made = make_orders(racers)
        twice = [order for order in made for _ in range(2)]

        responses = at_once(
            [Request("DELETE", f"{ORDERS}{order.pk}/", token=clerk.token) for order in twice]
        )

        product.refresh_from_db()
        assert Counter(response.status for response in responses) == {204: racers, 404: racers}
        assert product.inventory == 3 * racers
        assert not Order.objects.exists()

    def test_cancelling_and_deleting_returns_the_stock_once(
        self, clerk, make_orders, at_once, racers
    ):
        product, made = make_orders(racers)
        requests = [
            request
            for order in made
            for request in (
                Request("DELETE", f"{ORDERS}{order.pk}/", token=clerk.token),
                Request(
                    "PATCH", f"{ORDERS}{order.pk}/", {"payment_status": "F"}, token=clerk.token
                ),
            )
        ]

        responses = at_once(requests)

        product.refresh_from_db()
        assert {response.status for response in responses[::2]} == {204}
        assert {response.status for response in responses[1::2]} <= {200, 404}
        assert product.inventory == 3 * racers

    def test_paying_and_cancelling_is_won_by_one(self, clerk, make_orders, at_once, racers):
        product, made = make_orders(racers)
        moves = [(order, status) for order in made for status in "CF"]

        responses = at_once(
            [
                Request("PATCH", f"{ORDERS}{order.pk}/", {"payment_status": status}, clerk.token)
                for order, status in moves
            ]
        )

        paid = Order.objects.filter(payment_status="C").count()
        failed = Order.objects.filter(payment_status="F").count()
        product.refresh_from_db()
        assert {response.status for response in responses} <= {200, 409}
        assert paid + failed == racers
        assert product.inventory == 3 * failed
        for order, pay, cancel in zip(made, responses[::2], responses[1::2], strict=True):
            order.refresh_from_db()
            won = {"C": pay, "F": cancel}[order.payment_status]
            assert won.status == 200
