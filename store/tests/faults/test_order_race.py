from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import count
from threading import Barrier
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection

from store.exceptions import OutOfStock
from store.models import Cart, CartItem, Order, OrderItem, Product
from store.services import orders, stock, transactions

from .crowd import Request, checkout
from .tallies import stock_difference

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

ORDERS = "/store/orders/"
# Buyers of one piece each, pieces, rounds.
PROFILES = {"reduced": (40, 10, 1), "full": (200, 50, 20)}


@dataclass
class Race:
    """Many buyers, each with a cart of one piece, and fewer pieces than buyers."""

    product: Product
    pieces: int
    carts: list[Cart]
    responses: list = field(default_factory=list)

    @property
    def placed(self):
        return [response for response in self.responses if response.status == 201]

    @property
    def refused(self):
        return [response for response in self.responses if response.status == 409]

    @property
    def stock_difference(self):
        """Pieces that are missing or left over once sold and in stock are added up."""
        self.product.refresh_from_db()
        return stock_difference({self.product: self.pieces})

    def violations(self):
        """List every promise of the shop that this race broke."""
        refusal = {
            "detail": "The stock does not cover the order.",
            "code": "insufficient_stock",
            "lines": [{"product_id": self.product.pk, "requested": 1, "available": 0}],
        }
        left = {str(pk) for pk in Cart.objects.values_list("pk", flat=True)}
        orders_of_carts = set(Order.objects.values_list("cart_uuid", flat=True))
        broken = {
            "every other response is a refusal": len(self.placed) + len(self.refused)
            != len(self.carts),
            "as many orders as pieces": len(self.placed) != self.pieces,
            "an order is one row": len({response.body["id"] for response in self.placed})
            != Order.objects.count(),
            "stock and sold make the whole": self.stock_difference != 0,
            "nothing is left": self.product.inventory != 0,
            "refused for the stock only": any(a.body != refusal for a in self.refused),
            "a refused cart is whole": left
            != {response.request.body["cart_id"] for response in self.refused}
            or CartItem.objects.filter(quantity=1).count() != len(self.refused),
            "an ordered cart is gone": len(orders_of_carts) != len(self.placed)
            or any(str(pk) in left for pk in orders_of_carts),
        }
        return [promise for promise, is_broken in broken.items() if is_broken]


@pytest.fixture
def profile(pytestconfig):
    return PROFILES[pytestconfig.getoption("--faults")]


@pytest.fixture
def run_race(at_once, make_product):
    def run_race(users, pieces):
        product = make_product(inventory=pieces)
        carts = Cart.objects.bulk_create(Cart() for _ in users)
        CartItem.objects.bulk_create(
            CartItem(cart=cart, product=product, quantity=1) for cart in carts
        )
        race = Race(product, pieces, carts)
        race.responses = at_once(
            [checkout(cart, user, new_key()) for cart, user in zip(carts, users, strict=True)]
        )
        return race

    return run_race


def new_key():
    return {"Idempotency-Key": str(uuid4())}


def clear():
    OrderItem.objects.all().delete()
    Order.objects.all().delete()
    Cart.objects.all().delete()


class TestOneProductManyBuyers:
    def test_sells_every_piece_once(self, make_users, run_race, profile, tally):
        buyers, pieces, rounds = profile
        users = make_users(buyers)
        figures = tally(f"{buyers} users x {pieces} pieces x {rounds} rounds")
        for _ in range(rounds):
            race = run_race(users, pieces)
            assert race.violations() == []
            figures.add(
                race.responses, orders=len(race.placed), stock_difference=race.stock_difference
            )
            clear()

    def test_the_guard_holds_without_the_lock(self, make_users, run_race, monkeypatch):
        monkeypatch.setattr(
            stock.locked_products,
            "instances",
            lambda product_ids: [*Product.objects.filter(pk__in=product_ids).order_by("pk")],
        )

        race = run_race(make_users(24), pieces=6)

        assert (len(race.placed), len(race.refused)) == (6, 18)
        assert race.stock_difference == race.product.inventory == 0


class TestNaiveShop:
    """A test of the test: a shop without lock and guard must be caught."""

    @pytest.fixture
    def _naive(self, monkeypatch):
        readers, meet = count(1), Barrier(8)

        def take_stock(quantities):
            products = list(Product.objects.filter(pk__in=quantities))
            if any(product.inventory < quantities[product.pk] for product in products):
                raise OutOfStock([])
            if next(readers) <= meet.parties:
                # The first buyers have all read the same stock before one of them writes.
                meet.wait(timeout=60)
            for product in products:
                left = product.inventory - quantities[product.pk]
                Product.objects.filter(pk=product.pk).update(inventory=left)
            return products

        monkeypatch.setattr(orders, "take_stock", take_stock)
        if connection.vendor == "sqlite":
            # Its transactions come one after another; the naive shop has none.
            none = SimpleNamespace(atomic=lambda **options: nullcontext())
            monkeypatch.setattr(transactions, "transaction", none)

    @pytest.mark.usefixtures("_naive")
    def test_is_caught_overselling(self, make_users, run_race, report_figures):
        race = run_race(make_users(24), pieces=6)

        report_figures(
            f"{connection.vendor}, naive: 24 carts, 6 pieces, 1 round: "
            f"{len(race.placed)} orders, {len(race.refused)} refusals, "
            f"stock difference {race.stock_difference}"
        )
        assert {"as many orders as pieces", "stock and sold make the whole"} <= set(
            race.violations()
        )
        assert len(race.placed) > 6


def test_a_cart_placed_many_times_at_once_is_one_order(
    make_users, make_cart, make_product, at_once, rounds, tally
):
    user = make_users(1)[0]
    figures = tally("the same cart from 20 clients")
    for _ in range(rounds):
        product = make_product(inventory=10)
        cart = make_cart({product: 3})

        responses = at_once([checkout(cart, user)] * 20)

        order = Order.objects.get(cart_uuid=cart.pk)
        product.refresh_from_db()
        assert Counter(response.status for response in responses) == {201: 1, 200: 19}
        assert {response.body["id"] for response in responses} == {order.pk}
        assert (order.items.get().quantity, product.inventory) == (3, 7)
        figures.add(responses, orders=1, stock_difference=stock_difference({product: 10}))


def test_a_cart_placed_by_two_users_at_once_is_ones_order(
    make_users, make_cart, make_product, at_once, rounds
):
    users = make_users(10)
    for _ in range(rounds):
        product = make_product(inventory=10)
        body = {"cart_id": str(make_cart({product: 3}).pk)}

        responses = at_once([Request("POST", ORDERS, body, user.token) for user in users])

        product.refresh_from_db()
        assert Counter(response.status for response in responses) == {201: 1, 400: 9}
        assert {a.body["code"] for a in responses if a.status == 400} == {"cart_not_found"}
        assert product.inventory == 7


def test_a_user_without_a_profile_places_many_carts_at_once(
    make_users, make_cart, make_product, at_once, rounds
):
    for user in make_users(rounds):
        user.customer.delete()
        product = make_product(inventory=10)
        carts = [make_cart({product: 1}) for _ in range(10)]

        responses = at_once([checkout(cart, user) for cart in carts])

        assert Counter(response.status for response in responses) == {201: 10}
        assert len({response.body["customer"] for response in responses}) == 1


def test_the_same_products_in_opposite_order_block_nobody(
    make_users, make_cart, make_product, at_once, rounds, racers, tally
):
    users = make_users(2 * racers)
    figures = tally("two carts with the same products in opposite order")
    for _ in range(rounds):
        first, second = make_product(inventory=len(users)), make_product(inventory=len(users))
        carts = [
            make_cart({first: 1, second: 1} if number % 2 else {second: 1, first: 1})
            for number in range(len(users))
        ]

        responses = at_once([checkout(cart, user) for cart, user in zip(carts, users, strict=True)])

        assert Counter(response.status for response in responses) == {201: len(users)}
        stock = Product.objects.filter(pk__in=[first.pk, second.pk])
        assert [product.inventory for product in stock] == [0, 0]
        difference = stock_difference({first: len(users), second: len(users)})
        figures.add(responses, orders=len(users), stock_difference=difference)
