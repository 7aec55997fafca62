"""What is at which address, in which form: the roots, the suffix .json, and what is not there."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from rest_framework.test import APIClient

from store.models import Product

from .routes import READS

pytestmark = pytest.mark.django_db

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
PROBLEM = "application/problem+json"
UNKNOWN = [
    "/nothing/",
    "/nothing",
    "/metrics/",
    "/health/x/",
    "/media/x",
    "/store/x/",
    "/store/x",
    "/store/x.json",
    "/api/x",
    "/tags/x/",
]


@pytest.mark.parametrize("debug", [True, False])
class TestNothingThere:
    def test_is_json_for_who_asks_for_it(
        self, client: Client, settings: Any, debug: bool, subtests: pytest.Subtests
    ) -> None:
        settings.DEBUG = debug

        for url in [*UNKNOWN, "/store/products/0.json", "/store/products.xml"]:
            with subtests.test(url=url):
                plain = client.get(url, headers={"accept": "application/json"})
                assert (plain.status_code, plain["Content-Type"]) == (404, "application/json")
                assert list(plain.json()) == ["detail"]
                assert plain["Content-Length"] == str(len(plain.content))
                problem = client.get(url, headers={"accept": PROBLEM})
                assert (problem.status_code, problem["Content-Type"]) == (404, PROBLEM)
                assert problem.json()["title"] == "Not Found"

    def test_is_a_page_for_a_browser(self, client: Client, settings: Any, debug: bool) -> None:
        settings.DEBUG = debug
        for url in UNKNOWN:
            page = client.get(url, headers={"accept": BROWSER})
            is_json = url.endswith(".json")
            assert (page.status_code, url) == (404, url)
            assert page["Content-Type"].startswith("application/json" if is_json else "text/html")


class TestSuffix:
    def test_a_write_elsewhere_needs_no_slash_either(self, client: Client, settings: Any) -> None:
        settings.DEBUG = True

        assert client.post("/api-auth/login", {"username": "ann"}).status_code == 200
        assert client.post("/health/live").status_code == 405
        assert client.post("/nothing/here").status_code == 404

    def test_of_another_format_is_none(self, client: Client, product: Product) -> None:
        for suffix in (".xml", ".api", ".csv", ".jsonp", ".JSON", ".json.json"):
            assert client.get(f"/store/products/{product.pk}{suffix}").status_code == 404
        assert client.get("/metrics.json").status_code == 404

    def test_is_taken_by_every_read(self, client: Client, world: dict[str, Any]) -> None:
        client.force_login(get_user_model().objects.get(pk=world["user"]))
        for path in READS:
            if path.endswith("/invoice/"):
                # A PDF, whatever its path says.
                continue
            url = path.format(**world)
            plain = client.get(url)
            suffixed = client.get(f"{url.rstrip('/')}.json?page=1", headers={"accept": BROWSER})
            assert (path, suffixed.status_code) == (path, 200)
            assert suffixed["Content-Type"] == "application/json"
            assert (path, suffixed.json()) == (path, plain.json())

    def test_keeps_the_rights(self, client: Client, world: dict[str, Any]) -> None:
        assert client.get("/store/orders.json").status_code == 401
        assert client.get("/auth/users/me.json").status_code == 401
        assert client.get("/store/carts.json").status_code == 405

    def test_is_in_the_links_and_never_in_those_of_another_answer(
        self, api_client: APIClient, product: Product
    ) -> None:
        Product.objects.bulk_create(
            Product(title=f"Lamp {i}", slug="l", unit_price=9, inventory=1, collection_id=each)
            for i in range(20)
            for each in [product.collection_id]
        )
        html = {"accept": "text/html"}
        for _ in range(2):
            for url in ("/store/products/", "/store/products.json", "/store/.json"):
                response = api_client.get(url)
                assert response.json().get("next") in (None, f"http://testserver{url}?page=2")
            assert api_client.get("/store/products.json?page=2").json()["previous"] is not None
            plain = api_client.get("/store/products.json")
            assert api_client.get("/store/products/", headers=html).text.startswith("\n")
            suffixed = api_client.get("/store/products.json", headers=html)
            assert suffixed.json() == plain.json()


class TestRoots:
    def test_the_shop_lists_its_lists(self, client: Client) -> None:
        found = client.get("/store/").json()
        assert found == {
            **{
                name: f"http://testserver/store/{name}/"
                for name in ("products", "collections", "promotions", "carts", "customers")
            },
            "orders": "http://testserver/store/orders/",
            "reports": "http://testserver/store/reports/",
            "addresses": "http://testserver/store/customers/me/addresses/",
        }
        for url in ("/store.json", "/store/.json"):
            assert client.get(url, headers={"accept": BROWSER}).json() == found

    def test_it_is_a_page_for_people(self, client: Client) -> None:
        page = client.get("/store/", headers={"accept": BROWSER})
        assert page["Content-Type"].startswith("text/html")
        assert 'href="http://testserver/store/products/"' in page.text

    def test_what_is_listed_is_there(self, client: Client, world: dict[str, Any]) -> None:
        assert client.get("/store/reports/").status_code == 401
        client.force_login(get_user_model().objects.get(pk=world["user"]))
        for root in ("/store/", "/auth/", "/store/reports/"):
            for url in client.get(root).json().values():
                assert client.options(url).status_code == 200
