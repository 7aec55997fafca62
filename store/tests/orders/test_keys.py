"""The header Idempotency-Key: a request that is sent again buys nothing twice."""

import pytest

from store.models import IdempotencyKey, Order, Product

from .conftest import ORDERS, snapshot

pytestmark = pytest.mark.django_db

MALFORMED = {
    "detail": "The Idempotency-Key must be a text of 1 to 255 printable ASCII characters.",
    "code": "idempotency_key_malformed",
}
REUSED = {
    "detail": "This Idempotency-Key belongs to another request; use a new one.",
    "code": "idempotency_key_reused",
}
ADDRESS = {"street": "1 Main St", "city": "Springfield", "zip": "12345"}


class TestMalformed:
    def test_orders_nothing(self, sign_in, place, cart, subtests):
        sign_in()
        before = snapshot()

        for key in [
            *["", " ", "\t", '""', '"', '"a', 'a"', 'a"b', '"a"b"', '"a\\"', '"a\\b"'],
            *["a b", "a,b", "a, b", '"a", "b"', '("a" "b")', '"a";b=c', "a\tb", "a\0", "\x7f"],
            *["é", '"é"', "🛒", '"a\nb"', '"\x1f"', "x" * 256, '"' + "x" * 256 + '"'],
        ]:
            with subtests.test(key=key):
                response = place(cart, key)

                assert response.status_code == 400
                assert response.json() == MALFORMED
                assert snapshot() == before

    def test_is_told_before_an_error_of_the_body_and_after_a_missing_login(
        self, api_client, sign_in
    ):
        header = {"HTTP_IDEMPOTENCY_KEY": "a b"}
        assert api_client.post(ORDERS, {}, format="json", **header).status_code == 401
        sign_in()

        assert api_client.post(ORDERS, {}, format="json", **header).json() == MALFORMED


class TestReplay:
    def test_is_marked_and_says_the_same(self, sign_in, place, cart):
        sign_in()
        first = place(cart, "a-key")

        second = place(cart, "a-key")

        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert "Idempotency-Replayed" not in first
        assert second["Idempotency-Replayed"] == "true"
        assert Order.objects.count() == 1
        assert Product.objects.get().inventory == 7

    @pytest.mark.parametrize(
        ("bare", "quoted"),
        [("8e03978e-40d5", '"8e03978e-40d5"'), ("a\\b", '"a\\\\b"'), ("x" * 255, f'"{"x" * 255}"')],
    )
    def test_a_quoted_key_and_its_bare_text_are_one(self, sign_in, place, cart, bare, quoted):
        sign_in()
        place(cart, bare)

        assert place(cart, f" {quoted} ")["Idempotency-Replayed"] == "true"

    def test_the_same_request_may_be_spelled_otherwise(self, api_client, sign_in, place, cart):
        sign_in()
        place(cart, "a-key", expected_total=33)

        body = {"expected_total": "33.00", "ignored": 1, "cart_id": str(cart.pk).upper()}
        response = api_client.post(ORDERS, body, format="multipart", HTTP_IDEMPOTENCY_KEY="a-key")

        assert response["Idempotency-Replayed"] == "true"

    def test_shows_the_order_as_it_stands_now(self, api_client, sign_in, place, cart):
        sign_in()
        order = place(cart, "a-key").json()
        api_client.post(f"{ORDERS}{order['id']}/cancel/")

        replay = place(cart, "a-key")

        assert replay.status_code == 201
        assert replay.json() == {**order, "payment_status": "F", "status": "cancelled"}

    def test_of_a_cart_that_had_become_an_order(self, sign_in, place, cart):
        sign_in()
        order = place(cart).json()

        first, second = place(cart, "a-key"), place(cart, "a-key")

        assert (first.status_code, second.status_code) == (200, 200)
        assert first.json() == second.json() == order
        assert "Idempotency-Replayed" not in first
        assert second["Idempotency-Replayed"] == "true"


class TestOtherRequest:
    @pytest.mark.parametrize(
        "change",
        [
            {"expected_total": 33},
            {"shipping_address": ADDRESS},
            {"cart_id": "00000000-0000-4000-8000-000000000000"},
        ],
        ids=str,
    )
    def test_under_a_used_key_is_refused(self, sign_in, place, cart, make_cart, change):
        sign_in()
        place(cart, "a-key")
        make_cart()
        before = snapshot()

        response = place(cart, "a-key", **change)

        assert response.status_code == 422
        assert response.json() == REUSED
        assert snapshot() == before

    def test_of_another_user_has_keys_of_its_own(self, sign_in, place, cart, make_cart):
        sign_in("ann")
        place(cart, "a-key")
        sign_in("bob")

        response = place(make_cart(), "a-key")

        assert response.status_code == 201
        assert "Idempotency-Replayed" not in response
        assert Order.objects.count() == 2

    def test_of_another_user_finds_no_order_of_mine(self, sign_in, place, cart):
        sign_in("ann")
        place(cart, "a-key")
        sign_in("bob")

        response = place(cart, "a-key")

        assert response.status_code == 400
        assert response.json()["code"] == "cart_not_found"

    @pytest.mark.parametrize("other", ["A-KEY", '"a-key "', '" a-key"', "a-key.", "a_key"])
    def test_a_key_that_is_nearly_the_same_is_another(self, sign_in, place, cart, make_cart, other):
        sign_in()
        place(cart, "a-key")

        response = place(make_cart(), other)

        assert response.status_code == 201
        assert "Idempotency-Replayed" not in response
        assert IdempotencyKey.objects.count() == 2


def test_the_refusals_are_problem_details_for_who_accepts_them(api_client, sign_in, place, cart):
    sign_in()
    place(cart, "a-key")
    api_client.credentials(HTTP_ACCEPT="application/problem+json")

    malformed, reused = place(cart, "a b"), place(cart, "a-key", expected_total=1)

    assert malformed["Content-Type"] == reused["Content-Type"] == "application/problem+json"
    problem = {"type": "about:blank", "title": "Bad Request", "status": 400}
    assert malformed.json() == {**problem, **MALFORMED}
    assert reused.json().items() >= {"status": 422, **REUSED}.items()
