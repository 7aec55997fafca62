"""Front-ends of other origins: those that are named, and no others."""

from typing import Any

import pytest
from django.test import Client

from store.models import Product
from storefront.settings.origins import EXPOSED_HEADERS

pytestmark = pytest.mark.once

SHOP = "https://shop.example.com"
PREFLIGHT = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type,idempotency-key,x-request-id",
}


@pytest.fixture(autouse=True)
def _one_origin(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [SHOP]


def granted(response: Any) -> list[str]:
    return [name for name in response.headers if name.lower().startswith("access-control-")]


class TestStrangers:
    def test_no_header_lets_them_read(
        self, client: Client, product: Product, subtests: pytest.Subtests
    ) -> None:
        for origin in [
            "https://evil.example.com",
            "http://shop.example.com",
            "https://shop.example.com:8443",
            "https://shop.example.com.evil.example",
            "null",
            "*",
            "nonsense",
        ]:
            with subtests.test(origin=origin):
                headers = {"origin": origin}
                read = client.get("/store/products/", headers=headers)
                asked = client.options("/store/carts/", headers=headers | PREFLIGHT)
                assert (read.status_code, granted(read), granted(asked)) == (200, [], [])
                assert "origin" in read["Vary"]


class TestNamedOrigin:
    def test_it_may_send_tokens_and_json(self, client: Client, db: None) -> None:
        response = client.options("/store/orders/", headers={"origin": SHOP} | PREFLIGHT)
        assert response.status_code == 200
        assert response["Access-Control-Allow-Origin"] == SHOP
        allowed = response["Access-Control-Allow-Headers"].split(", ")
        assert set(PREFLIGHT["access-control-request-headers"].split(",")) <= set(allowed)
        assert {"GET", "POST", "PUT", "PATCH", "DELETE"} <= set(
            response["Access-Control-Allow-Methods"].split(", ")
        )

    def test_it_reads_answers_and_their_headers(self, client: Client, product: Product) -> None:
        response = client.get("/store/products/", headers={"origin": SHOP})
        assert response["Access-Control-Allow-Origin"] == SHOP
        exposed = response["Access-Control-Expose-Headers"].split(", ")
        assert exposed == EXPOSED_HEADERS

    def test_it_reads_refusals_too(
        self, client: Client, db: None, subtests: pytest.Subtests
    ) -> None:
        for method, url, status in [
            ("get", "/store/orders/", 401),
            ("get", "/store/products/999/", 404),
            ("post", "/store/products/", 401),
            ("put", "/store/carts/", 405),
            ("get", "/media/gone.png", 404),
        ]:
            with subtests.test(method=method, url=url, status=status):
                response = getattr(client, method)(url, headers={"origin": SHOP})
                assert response.status_code == status
                assert response["Access-Control-Allow-Origin"] == SHOP

    def test_its_cookies_are_of_no_use(self, client: Client, product: Product) -> None:
        response = client.get("/store/products/", headers={"origin": SHOP})
        assert "Access-Control-Allow-Credentials" not in response
