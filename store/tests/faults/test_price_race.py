"""The price changes while customers order: nobody pays more than they were shown."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from itertools import cycle
from threading import Event

import pytest
from django.db import connection
from django.utils import timezone

from store.models import Cart, Order, Promotion
from store.money import tax_on

from .crowd import Request
from .tallies import stock_difference

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

ORDERS = "/store/orders/"
PRICES = [Decimal(price) for price in ("12.00", "10.00", "15.00", "9.90")]
DISCOUNTS = {"none": 0.0, "a tenth": 0.1, "a third": 1 / 3}
# Two pieces of each of two products for 10.00, with a tenth of tax.
SHOWN = 44


@contextmanager
def changing(promotion: Promotion) -> Iterator[None]:
    """Change the discount, without a pause."""
    stopping = Event()

    def change() -> None:
        try:
            for name, discount in cycle(DISCOUNTS.items()):
                Promotion.objects.filter(pk=promotion.pk).update(
                    description=name, discount=discount
                )
                if stopping.wait(0.002):
                    return
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        changes = pool.submit(change)
        try:
            yield
        finally:
            stopping.set()
        changes.result()


@pytest.fixture
def promotion(transactional_db):
    return Promotion.objects.create(
        description="none", discount=0, starts_at=timezone.now() - timedelta(hours=1)
    )


@pytest.fixture
def race(make_users, make_product, make_cart, at_once, promotion, racers):
    """Let buyers, every second with an expected total, order two products whose prices staff change."""

    def race():
        clerk = make_users(1, is_staff=True)[0]
        products = [make_product(inventory=2 * racers, unit_price=10) for _ in range(2)]
        promotion.products.set(products)
        requests = []
        for number, user in enumerate(make_users(racers)):
            cart = make_cart(dict.fromkeys(products, 2))
            body = {"cart_id": str(cart.pk), **({"expected_total": SHOWN} if number % 2 else {})}
            requests.append(Request("POST", ORDERS, body, user.token))
            url = f"/store/products/{products[number % 2].pk}/"
            price = {"unit_price": str(PRICES[number % len(PRICES)])}
            requests.append(Request("PATCH", url, price, clerk.token))
        with changing(promotion):
            responses = at_once(requests)
        return products, responses

    return race


def check_order(response):
    """Look whether each line has a price that the shop had, both the same promotion, and the sum fits."""
    order = Order.objects.get(pk=response.body["id"])
    first, second = order.items.all()
    assert first.promotion == second.promotion
    for line in (first, second):
        assert line.list_price in PRICES
        less = Promotion(discount=DISCOUNTS[line.promotion]).applied_to(line.list_price)
        assert (line.unit_price, line.tax) == (less, 2 * tax_on(less))
    total = sum(2 * line.unit_price + line.tax for line in (first, second))
    assert Decimal(str(response.body["total"])) == order.total == total
    assert total <= response.request.body.get("expected_total", total)


def check_refusal(response):
    """Look whether it was refused for its price only, with the cart as it was."""
    assert (response.status, response.body["code"]) == (409, "cart_changed")
    assert response.body["total"] > response.request.body["expected_total"]
    cart = Cart.objects.get(pk=response.request.body["cart_id"])
    assert [item.quantity for item in cart.items.all()] == [2, 2]


def test_each_pays_a_price_of_the_shop_and_no_more_than_expected(race, rounds, racers, tally):
    figures = tally("price change against checkout")
    for _ in range(rounds):
        products, responses = race()

        bought, priced = responses[::2], responses[1::2]
        assert {response.status for response in priced} == {200}
        placed = [response for response in bought if response.status == 201]
        for response in bought:
            check_order(response) if response in placed else check_refusal(response)
        difference = stock_difference(dict.fromkeys(products, 2 * racers))
        figures.add(bought, orders=len(placed), stock_difference=difference)
