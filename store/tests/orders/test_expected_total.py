"""`expected_total`, what the customer was shown: an order never costs more."""

import pytest

from store.models import Order, Product, Promotion

from .conftest import snapshot

pytestmark = pytest.mark.django_db


def changed(total):
    return {
        "detail": "The total has risen; look at the cart again.",
        "code": "cart_changed",
        "total": total,
    }


class TestRefusal:
    def test_below_the_total_by_a_cent_or_more(self, sign_in, place, cart, subtests):
        sign_in()
        before = snapshot()

        for expected in [32.99, "32.99", 0, "0.00"]:
            with subtests.test(expected=expected):
                response = place(cart, expected_total=expected)

                assert response.status_code == 409
                assert response.json() == changed(33)
                assert not isinstance(response.json()["total"], str)
                assert snapshot() == before

    def test_a_price_that_rose_meanwhile(self, api_client, sign_in, place, cart):
        sign_in()
        shown = api_client.get(f"/store/carts/{cart.pk}/").json()["total"]
        Product.objects.update(unit_price="10.01")

        refused = place(cart, expected_total=shown)

        assert (shown, refused.json()) == (33, changed(33.03))
        assert api_client.get(f"/store/carts/{cart.pk}/").json()["total"] == 33.03
        assert place(cart, expected_total=33.03).status_code == 201

    def test_a_promotion_that_ended_meanwhile(self, sign_in, place, cart, product, make_promotion):
        make_promotion(product, discount=0.5)
        sign_in()
        Promotion.objects.all().delete()

        response = place(cart, expected_total=16.5)

        assert (response.status_code, response.json()) == (409, changed(33))

    def test_comes_after_the_shortages(self, sign_in, place, make_cart):
        sign_in()

        assert place(make_cart(11), expected_total=1).json()["code"] == "insufficient_stock"

    def test_is_a_problem_detail_too(self, api_client, sign_in, place, cart):
        sign_in()
        api_client.credentials(HTTP_ACCEPT="application/problem+json")

        response = place(cart, expected_total=1)

        problem = {"type": "about:blank", "title": "Conflict", "status": 409}
        assert response.json() == {**problem, **changed(33)}

    def test_what_is_no_amount(self, sign_in, place, cart, subtests):
        sign_in()
        before = snapshot()

        for expected in [
            -0.01,
            "NaN",
            "Infinity",
            33.001,
            "33.000",
            10**18,
            "1e18",
            "",
            "x",
            None,
            True,
            [],
            {},
        ]:
            with subtests.test(expected=expected):
                response = place(cart, expected_total=expected)

                assert response.status_code == 400
                assert set(response.json()) == {"expected_total"}
                assert snapshot() == before


class TestAccepted:
    @pytest.mark.parametrize("expected", [33, 33.0, "33.00", 33.01, 999_999_999_999.99])
    def test_the_total_and_more(self, sign_in, place, cart, expected):
        sign_in()

        response = place(cart, expected_total=expected)

        assert response.status_code == 201
        assert response.json()["total"] == 33

    def test_a_price_that_fell_is_the_one_to_pay(self, sign_in, place, cart):
        sign_in()
        Product.objects.update(unit_price=9)

        assert place(cart, expected_total=33).json()["total"] == 29.7

    def test_is_no_matter_where_the_order_is_there(self, sign_in, place, cart):
        sign_in()
        order = place(cart).json()

        response = place(cart, expected_total=1)

        assert (response.status_code, response.json()) == (200, order)
        assert Order.objects.count() == 1
