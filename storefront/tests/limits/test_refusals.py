from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from core.tests.passwords import PASSWORD
from storefront.limits import refusals

pytestmark = pytest.mark.django_db
SIGN_IN = "/auth/jwt/create/"


@pytest.fixture(autouse=True)
def _two_a_minute(settings: Any) -> None:
    settings.CREDENTIALS_RATE = (2, 60)


def refuse(client: Client, path: str = SIGN_IN, **extra: Any) -> Any:
    for _ in range(3):
        response = client.post(path, {"username": "ann", "password": "wrong"}, **extra)
    assert response.status_code == 429
    return response


class TestRefusals:
    def test_the_next_one_costs_no_query_and_says_the_same(
        self, api_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        first = refuse(api_client)
        with django_assert_num_queries(0):
            again = api_client.post(SIGN_IN, {})
        assert (again.status_code, again.json()) == (429, first.json())
        assert 0 < int(again["Retry-After"]) <= 60
        assert int(again["Content-Length"]) == len(again.content)
        # So that fail2ban counts it, too.
        assert (first["X-Sign-In"], again["X-Sign-In"]) == ("refused", "refused")

    @pytest.mark.parametrize(
        ("path", "address"),
        [("/auth/jwt/verify/", "127.0.0.1"), (SIGN_IN, "192.0.2.1")],
    )
    def test_another_path_or_network_is_asked(
        self, api_client: APIClient, path: str, address: str
    ) -> None:
        refuse(api_client)
        assert api_client.post(path, {}, REMOTE_ADDR=address).status_code == 400

    def test_it_ends_with_the_wait(
        self, api_client: APIClient, monkeypatch: Any, settings: Any
    ) -> None:
        refuse(api_client)
        settings.CREDENTIALS_RATE = None
        assert api_client.post(SIGN_IN, {}).status_code == 429
        now = refusals.monotonic()
        monkeypatch.setattr(refusals, "monotonic", lambda: now + 61)
        assert api_client.post(SIGN_IN, {}).status_code == 400

    def test_a_browser_gets_a_page(self, client: Client) -> None:
        path = "/admin/login/"
        shown = refuse(client, path, HTTP_ACCEPT="text/html")
        again = client.post(path, {}, HTTP_ACCEPT="text/html")
        assert (again.status_code, again["Content-Type"]) == (429, shown["Content-Type"])
        assert client.get(path, HTTP_ACCEPT="text/html").status_code == 200

    def test_what_one_account_waits_for_holds_nobody_else_up(
        self, api_client: APIClient, register: Any, settings: Any
    ) -> None:
        settings.CREDENTIALS_RATE, settings.SIGN_IN_FAILURES = None, 1
        register("bob", password="a-Str0ng-one")
        for _ in range(3):
            wait = api_client.post(SIGN_IN, {"username": "ann", "password": "wrong"})
        assert wait.status_code == 429
        right = {"username": "bob", "password": "a-Str0ng-one"}
        assert api_client.post(SIGN_IN, right).status_code == 200

    def test_a_visitor_s_flood_holds_no_customer_of_the_network_up(
        self, api_client: APIClient, register: Any, settings: Any
    ) -> None:
        settings.RATES = {"carts": [(1, 60)]}
        assert [api_client.post("/store/carts/").status_code for _ in range(3)] == [201, 429, 429]
        tokens = api_client.post(SIGN_IN, {"username": register().username, "password": PASSWORD})
        api_client.credentials(HTTP_AUTHORIZATION=f"JWT {tokens.data['access']}")
        assert [api_client.post("/store/carts/").status_code for _ in range(2)] == [201, 429]

    def test_what_is_remembered_is_no_longer_than_its_digest(
        self, api_client: APIClient, settings: Any
    ) -> None:
        settings.RATES = {"carts": [(0, 60)]}
        api_client.cookies["sessionid"] = "x" * 8000
        assert api_client.post("/store/carts/").status_code == 429
        (key,) = refusals.refused
        assert len(key) == 32
