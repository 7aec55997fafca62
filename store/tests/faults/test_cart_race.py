from collections import Counter

import pytest

from store.models import Cart, CartItem, Order, Product

from .crowd import Request, checkout, statuses
from .tallies import ordered, stock_difference

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


def add(cart, product, quantity=1):
    body = {"product_id": product.pk, "quantity": quantity}
    return Request("POST", f"/store/carts/{cart.pk}/items/", body)


def in_the_middle(request, others):
    half = len(others) // 2
    return [*others[:half], request, *others[half:]]


class TestAdd:
    @pytest.mark.parametrize("held", [0, 1])
    def test_no_piece_is_lost(self, make_cart, make_product, at_once, rounds, held):
        for _ in range(rounds):
            product = make_product()
            cart = make_cart({product: held} if held else {})

            responses = at_once([add(cart, product)] * 20)

            assert statuses(responses) == {201: 20}
            assert cart.items.get().quantity == held + 20
            assert {response.body["quantity"] for response in responses} == {
                held + number for number in range(1, 21)
            }

    def test_the_limit_holds(self, make_cart, make_product, at_once, rounds):
        for _ in range(rounds):
            product = make_product()
            cart = make_cart({product: 32757})

            responses = at_once([add(cart, product)] * 20)

            assert statuses(responses) == {201: 10, 400: 10}
            assert cart.items.get().quantity == 32767

    def test_many_products_are_a_line_each(self, make_cart, make_product, at_once):
        products = [make_product() for _ in range(20)]
        cart = make_cart({})

        responses = at_once([add(cart, product) for product in products * 2])

        assert statuses(responses) == {201: 40}
        assert sorted(cart.items.values_list("product_id", "quantity")) == [
            (product.pk, 2) for product in products
        ]


class TestAgainstCheckout:
    def test_an_added_piece_is_ordered_or_refused(
        self, user, make_cart, make_product, at_once, rounds, tally
    ):
        figures = tally("add-to-cart against checkout")
        for _ in range(rounds):
            product, other = make_product(inventory=50), make_product()
            cart = make_cart({other: 1})

            responses = at_once(in_the_middle(checkout(cart, user), [add(cart, product)] * 30))

            placed = responses.pop(15)
            added = statuses(responses)
            product.refresh_from_db()
            assert placed.status == 201
            assert added[201] + added[404] == 30
            assert ordered(product) == added[201] == 50 - product.inventory
            difference = stock_difference({product: 50, other: 10})
            figures.add([placed, *responses], orders=1, stock_difference=difference)

    def test_the_ordered_quantity_is_one_that_was_answered(
        self, user, make_cart, make_product, at_once, rounds
    ):
        for _ in range(rounds):
            product = make_product(inventory=50)
            cart = make_cart({product: 50})
            url = f"/store/carts/{cart.pk}/items/{cart.items.get().pk}/"
            changes = [Request("PATCH", url, {"quantity": number}) for number in range(1, 31)]

            responses = at_once(in_the_middle(checkout(cart, user), changes))

            placed = responses.pop(15)
            product.refresh_from_db()
            assert placed.status == 201
            assert set(statuses(responses)) <= {200, 404}
            answered = {
                response.body["quantity"] for response in responses if response.status == 200
            }
            assert ordered(product) in {50, *answered}
            assert ordered(product) == 50 - product.inventory

    def test_a_line_taken_out_is_not_ordered(self, user, make_cart, make_product, at_once, rounds):
        for _ in range(rounds):
            products = [make_product() for _ in range(20)]
            cart = make_cart(dict.fromkeys([make_product(), *products], 1))
            items = cart.items.filter(product__in=products).order_by("product_id")
            url = f"/store/carts/{cart.pk}/items/"
            removals = [Request("DELETE", f"{url}{item.pk}/") for item in items]

            responses = at_once(in_the_middle(checkout(cart, user), removals))

            placed = responses.pop(10)
            assert placed.status == 201
            assert set(statuses(responses)) <= {204, 404}
            assert [ordered(product) for product in products] == [
                int(response.status == 404) for response in responses
            ]

    def test_a_cart_is_ordered_or_deleted(
        self, user, make_cart, make_product, at_once, rounds, racers
    ):
        product = make_product(inventory=racers * rounds)
        for _ in range(rounds):
            carts = [make_cart({product: 1}) for _ in range(racers)]
            requests = [
                request
                for cart in carts
                for request in (
                    checkout(cart, user),
                    Request("DELETE", f"/store/carts/{cart.pk}/"),
                )
            ]

            responses = at_once(requests)

            outcomes = Counter(
                (placed.status, deleted.status)
                for placed, deleted in zip(responses[::2], responses[1::2], strict=True)
            )
            assert set(outcomes) <= {(201, 404), (400, 204)}
            assert not Cart.objects.exists()
        product.refresh_from_db()
        assert Order.objects.count() == ordered(product) == racers * rounds - product.inventory


class TestAgainstDeletion:
    def test_a_cart_goes_with_all_that_was_added(self, make_cart, make_product, at_once, rounds):
        for _ in range(rounds):
            product = make_product()
            cart = make_cart({})
            deletion = Request("DELETE", f"/store/carts/{cart.pk}/")

            responses = at_once(in_the_middle(deletion, [add(cart, product)] * 30))

            deleted = responses.pop(15)
            assert deleted.status == 204
            assert set(statuses(responses)) <= {201, 404}
            assert not CartItem.objects.exists()

    def test_a_product_leaves_no_order_without_its_line(
        self, user, clerk, make_cart, make_product, at_once, rounds, racers
    ):
        for _ in range(rounds):
            products = [make_product() for _ in range(racers)]
            requests = [
                request
                for product in products
                for request in (
                    checkout(make_cart({product: 1}), user),
                    Request("DELETE", f"/store/products/{product.pk}/", token=clerk.token),
                )
            ]

            responses = at_once(requests)

            for product, placed, deleted in zip(
                products, responses[::2], responses[1::2], strict=True
            ):
                outcome = (placed.status, deleted.status)
                assert outcome in {(201, 405), (400, 204), (409, 204)}
                assert Product.objects.filter(pk=product.pk).exists() == (deleted.status == 405)
            assert not Order.objects.filter(items=None).exists()
