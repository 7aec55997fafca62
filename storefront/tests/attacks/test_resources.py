"""Attacks on passwords, tokens, the machine and the stock: items 2, 4 and 6 of OWASP's API Security Top 10 (2023)."""

import base64
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings
from model_bakery import baker
from rest_framework.test import APIClient
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken

from core.tests.passwords import PASSWORD
from store.models import Cart, Order, Product, Review

pytestmark = pytest.mark.django_db

SIGN_IN = "/auth/jwt/create/"
ME = "/auth/users/me/"


def unsigned(token: str, **claims: Any) -> str:
    """Return a token with other claims that says it needs no signature."""
    payload = jwt.decode(token, options={"verify_signature": False}) | claims
    parts = [json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, payload)]
    return ".".join([base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts] + [""])


class TestBrokenAuthentication:
    """API2:2023."""

    def test_no_list_of_passwords_is_tried_to_its_end(
        self, api_client: APIClient, register: Any, settings: Any
    ) -> None:
        settings.CREDENTIALS_RATE, settings.SIGN_IN_FAILURES = (30, 60), 10
        register()
        guesses = [
            api_client.post(SIGN_IN, {"username": "ann", "password": f"guess-{i}"}).status_code
            for i in range(100)
        ]
        assert (guesses.count(401), guesses.count(429)) == (10, 90)
        # Not even the right one is told from the others any more.
        assert (
            api_client.post(SIGN_IN, {"username": "ann", "password": PASSWORD}).status_code == 429
        )

    def test_no_stranger_locks_the_owner_out(
        self, api_client: APIClient, register: Any, settings: Any
    ) -> None:
        settings.CREDENTIALS_RATE, settings.SIGN_IN_FAILURES = (30, 60), 10
        register()
        right = {"username": "ann", "password": PASSWORD}
        home = {"REMOTE_ADDR": "203.0.113.9"}
        assert api_client.post(SIGN_IN, right, **home).status_code == 200
        for i in range(60):
            wrong = {"username": "ann", "password": "wrong"}
            api_client.post(SIGN_IN, wrong, REMOTE_ADDR=f"198.18.0.{i + 1}")
        assert api_client.post(SIGN_IN, right, **home).status_code == 200

    @pytest.mark.parametrize("claims", [{}, {"user_id": 1}, {"token_type": "refresh"}])
    def test_no_token_without_a_signature_counts(
        self, api_client: APIClient, register: Any, claims: dict[str, Any]
    ) -> None:
        token = unsigned(str(AccessToken.for_user(register())), **claims)
        api_client.credentials(HTTP_AUTHORIZATION=f"JWT {token}")
        assert api_client.get(ME).status_code == 401

    def test_no_other_algorithm_key_or_time_counts(
        self, api_client: APIClient, register: Any
    ) -> None:
        token = AccessToken.for_user(register())
        key = api_settings.SIGNING_KEY
        expired = AccessToken.for_user(register("bob"))
        expired.set_exp(lifetime=-timedelta(seconds=1))
        forged = [
            jwt.encode(token.payload, "another-key-that-is-long-enough-for-it", "HS256"),
            jwt.encode(token.payload, key, "HS384"),
            jwt.encode({**token.payload, "token_type": "refresh"}, key, "HS256"),
            str(expired),
        ]
        for each in forged:
            api_client.credentials(HTTP_AUTHORIZATION=f"JWT {each}")
            assert api_client.get(ME).status_code == 401
        api_client.credentials(HTTP_AUTHORIZATION=f"JWT {token}")
        assert api_client.get(ME).status_code == 200

    def test_a_stolen_token_gives_neither_the_password_nor_the_mailbox(
        self, api_client: APIClient, register: Any
    ) -> None:
        ann = register()
        api_client.credentials(HTTP_AUTHORIZATION=f"JWT {AccessToken.for_user(ann)}")
        for method, path, body in [
            ("patch", ME, {"email": "evil@example.com"}),
            ("post", "/auth/users/set_username/", {"new_username": "evil"}),
            ("post", "/auth/users/set_password/", {"new_password": "an0ther-Str0ng-one"}),
            ("delete", ME, {}),
        ]:
            for current in ({}, {"current_password": "wrong"}):
                response = getattr(api_client, method)(path, body | current, format="json")
                assert response.status_code == 400, path
        ann.refresh_from_db()
        assert (ann.username, ann.email) == ("ann", "ann@example.com")
        assert ann.check_password(PASSWORD)


class TestUnrestrictedResourceConsumption:
    """API4:2023."""

    @pytest.mark.parametrize(
        "query",
        ["page_size=1000000", "page=99999999999", "search=" + "a" * 5000, "ordering=" + "a," * 999],
    )
    def test_no_parameter_makes_a_page_longer(
        self, api_client: APIClient, product: Product, query: str
    ) -> None:
        response = api_client.get(f"/store/products/?{query}")
        assert response.status_code in (200, 400, 404)
        assert len(response.content) < settings.PAGE_BYTES

    @pytest.mark.parametrize("field", ["name", "description"])
    def test_no_text_is_without_an_end(
        self, api_client: APIClient, product: Product, field: str
    ) -> None:
        body = {"name": "Ann", "description": "Good.", field: "a" * 1_000_000}
        response = api_client.post(f"/store/products/{product.pk}/reviews/", body, format="json")
        assert response.status_code == 400
        assert list(response.json()) == [field]
        assert not Review.objects.exists()

    @pytest.mark.parametrize("depth", [1_000, 100_000])
    def test_no_nesting_exhausts_the_parser(self, api_client: APIClient, depth: int) -> None:
        body = b"[" * depth + b"]" * depth
        response = api_client.post("/store/carts/", body, content_type="application/json")
        assert response.status_code < 500

    def test_no_visitor_fills_the_tables(self, api_client: APIClient, settings: Any) -> None:
        settings.RATES = {"carts": [(5, 3600)]}
        made = [api_client.post("/store/carts/").status_code for _ in range(50)]
        assert (made.count(201), made.count(429), Cart.objects.count()) == (5, 45, 5)


class TestUnrestrictedAccessToSensitiveBusinessFlows:
    """API6:2023."""

    def test_no_customer_takes_the_stock_for_nothing(
        self, api_client: APIClient, sign_in: Any, product: Product, settings: Any
    ) -> None:
        settings.STORE_PAYMENT_TIMEOUT, settings.STORE_UNPAID_ORDERS = 1440, 2
        Product.objects.update(inventory=100)
        sign_in()
        statuses = []
        for _ in range(10):
            cart = baker.make(Cart)
            baker.make("store.CartItem", cart=cart, product=product, quantity=5)
            statuses.append(api_client.post("/store/orders/", {"cart_id": cart.pk}))
        assert [each.status_code for each in statuses] == [201] * 2 + [409] * 8
        assert statuses[-1].data["code"] == "too_many_unpaid"
        assert (Order.objects.count(), Product.objects.get().inventory) == (2, 90)

    def test_no_shower_of_reviews_moves_a_rating(
        self, api_client: APIClient, sign_in: Any, product: Product, settings: Any
    ) -> None:
        settings.STORE_REVIEWS_PER_PRODUCT = 3
        sign_in()
        body = {"name": "Ann", "description": "Bad.", "rating": 1}
        path = f"/store/products/{product.pk}/reviews/"
        statuses = [api_client.post(path, body).status_code for _ in range(10)]
        assert (statuses.count(201), Review.objects.count()) == (3, 3)

    def test_no_accounts_are_made_by_the_hundred(
        self, api_client: APIClient, settings: Any
    ) -> None:
        settings.CREDENTIALS_RATE = (5, 60)
        bodies = [
            {"username": f"bot{i}", "email": f"bot{i}@example.com", "password": PASSWORD}
            for i in range(50)
        ]
        statuses = [api_client.post("/auth/users/", body).status_code for body in bodies]
        assert (statuses.count(201), statuses.count(429)) == (5, 45)
