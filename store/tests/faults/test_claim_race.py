"""Carts are claimed while others use them: no piece is lost or counted twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import Sum

from store.models import Cart, CartItem, Order, OrderItem
from store.services.carts import claim_cart

from .crowd import Request, checkout, statuses
from .tallies import stock_difference

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def product(make_product):
    return make_product(inventory=1000)


def claim(cart, user):
    return Request("POST", f"/store/carts/{cart.pk}/claim/", token=user.token)


def pieces(rows):
    return rows.aggregate(pieces=Sum("quantity"))["pieces"] or 0


class TestTwoDevices:
    @pytest.mark.parametrize("devices", [2, 8])
    def test_end_with_one_cart_that_holds_all(
        self, make_users, make_cart, make_product, at_once, rounds, devices
    ):
        for number, user in enumerate(make_users(2 * rounds)):
            has_cart = number % 2
            product, other = make_product(), make_product()
            carts = [make_cart({product: 2, other: 1}) for _ in range(devices)]
            if has_cart:
                Cart.objects.filter(pk=make_cart({product: 5}).pk).update(user=user)

            responses = at_once([claim(cart, user) for cart in carts])

            # 404: claimed, and moved into the next one before it was shown.
            assert set(statuses(responses)) <= {200, 404}
            cart = Cart.objects.get(user=user)
            assert cart.pk in {cart.pk for cart in carts}
            assert dict(cart.items.values_list("product_id", "quantity")) == {
                product.pk: 2 * devices + 5 * has_cart,
                other.pk: devices,
            }
            assert Cart.objects.count() == 1
            cart.delete()


class TestAgainstCheckout:
    def test_of_the_same_cart_it_is_ordered(self, make_users, make_cart, product, at_once, rounds):
        for number, user in enumerate(make_users(2 * rounds), 1):
            cart = make_cart({product: 1})

            claimed, placed = at_once([claim(cart, user), checkout(cart, user)])

            assert placed.status == 201
            assert claimed.status in {200, 404}
            assert not Cart.objects.exists()
            assert pieces(OrderItem.objects) == number
            assert stock_difference({product: 1000}) == 0

    def test_of_somebody_else_one_gets_it(self, make_users, make_cart, product, at_once, rounds):
        for _ in range(2 * rounds):
            claimer, buyer = make_users(2)
            cart = make_cart({product: 1})

            claimed, placed = at_once([claim(cart, claimer), checkout(cart, buyer)])

            won = placed.status == 201
            assert (claimed.status, placed.status) == ((404, 201) if won else (200, 400))
            assert Order.objects.filter(cart_uuid=cart.pk).exists() == won
            assert Cart.objects.filter(user=claimer).exists() != won
            assert stock_difference({product: 1000}) == 0

    def test_of_the_cart_it_takes_in_each_piece_is_kept_or_ordered(
        self, make_users, make_cart, product, at_once, rounds, tally
    ):
        figures = tally("claim against checkout")
        for user in make_users(rounds * 10):
            mine, guest = make_cart({product: 3}), make_cart({product: 4})
            Cart.objects.filter(pk=mine.pk).update(user=user)
            bought = pieces(OrderItem.objects)

            responses = claimed, placed = at_once([claim(guest, user), checkout(mine, user)])

            assert (claimed.status, placed.status) in {(200, 201), (200, 400)}
            bought = pieces(OrderItem.objects) - bought
            assert bought == (3 if placed.status == 201 else 0)
            assert pieces(CartItem.objects.filter(cart=guest)) == 7 - bought
            assert pieces(CartItem.objects.filter(cart__user=user)) == 7 - bought
            difference = stock_difference({product: 1000})
            figures.add(responses, orders=int(bool(bought)), stock_difference=difference)


def test_what_a_visitor_adds_meanwhile_is_kept_or_refused(
    make_users, make_cart, product, at_once, rounds
):
    for user in make_users(rounds):
        cart = make_cart({product: 1})
        body = {"product_id": product.pk, "quantity": 1}
        add = Request("POST", f"/store/carts/{cart.pk}/items/", body)

        responses = at_once([*[add] * 10, claim(cart, user), *[add] * 10])

        assert responses.pop(10).status == 200
        assert set(statuses(responses)) <= {201, 404}
        assert cart.items.get().quantity == 1 + statuses(responses)[201]


def test_what_its_owner_adds_while_it_is_taken_in_is_kept_or_refused(
    make_users, make_cart, product, at_once, rounds
):
    for user in make_users(rounds):
        mine, guest = make_cart({product: 1}), make_cart({product: 1})
        Cart.objects.filter(pk=mine.pk).update(user=user)
        body = {"product_id": product.pk, "quantity": 1}
        add = Request("POST", f"/store/carts/{mine.pk}/items/", body, user.token)

        responses = at_once([*[add] * 10, claim(guest, user), *[add] * 10])

        assert responses.pop(10).status == 200
        assert set(statuses(responses)) <= {201, 404}
        assert guest.items.get().quantity == 2 + statuses(responses)[201]


def test_carts_claimed_at_once_are_one(product, customer):
    carts = [Cart.objects.create() for _ in range(8)]
    for cart in carts:
        cart.items.create(product=product, quantity=1)
    start = Barrier(len(carts))

    def work(cart):
        try:
            start.wait(30)
            return claim_cart(cart_id=cart.pk, user_id=customer.user_id)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(carts)) as pool:
        claimed = list(pool.map(work, carts))

    assert len(claimed) == 8
    assert Cart.objects.get().user_id == customer.user_id
    assert CartItem.objects.get().quantity == 8
