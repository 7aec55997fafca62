"""An address without its closing slash: a redirect to readers; writers are answered as if it were there."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from model_bakery import baker
from prometheus_client import REGISTRY
from rest_framework.test import APIClient

from core.tests.passwords import PASSWORD
from store.models import Cart

pytestmark = pytest.mark.django_db

URLS = ["/store", "/store/carts", "/store/products/1", "/auth/users", "/tags", "/likes"]


@pytest.mark.parametrize("debug", [True, False])
def test_an_unknown_address_is_a_404(
    api_client: APIClient, settings: Any, debug: bool, subtests: pytest.Subtests
) -> None:
    settings.DEBUG = debug

    for method in ["get", "post", "put", "patch", "delete", "options"]:
        with subtests.test(method=method):
            for url in (
                "/store/nothing",
                "/store/carts/x",
                "/authx",
                "/likes/a/b",
                "/store//evil.example",
            ):
                response = api_client.generic(method.upper(), url)
                assert (response.status_code, response.json()) == (404, {"detail": "Not found."})


def test_what_the_endpoint_refuses_is_refused(api_client: APIClient, register: Any) -> None:
    session = Client(enforce_csrf_checks=True)
    session.force_login(register(is_staff=True))
    assert session.post("/tags", {"label": "new"}).status_code == 403
    assert api_client.post("/store/products", {}).status_code == 401
    assert api_client.put("/store/carts", {}).status_code == 405
    assert api_client.post("/auth/jwt/create", {}).json().keys() == {"username", "password"}


@pytest.mark.parametrize("debug", [True, False])
def test_a_write_is_answered_as_if_the_slash_were_there(
    api_client: APIClient, register: Callable, settings: Any, debug: bool
) -> None:
    settings.DEBUG = debug
    register()
    names = {"username": "ann", "password": PASSWORD}
    tokens = api_client.post("/auth/jwt/create", names, format="json")
    assert sorted(tokens.json()) == ["access", "refresh"]
    product = baker.make("store.Product", unit_price=10, inventory=5)
    cart = api_client.post("/store/carts?from=app", {}, format="json").json()["id"]
    item = {"product_id": product.pk, "quantity": 2}
    assert api_client.post(f"/store/carts/{cart}/items", item).status_code == 201
    assert api_client.delete(f"/store/carts/{cart}").status_code == 204
    assert not Cart.objects.exists()


def test_it_counts_for_the_same_endpoint(api_client: APIClient) -> None:
    labels = {"view": "cart-list", "method": "POST", "status": "2xx"}
    name = "storefront_http_requests_total"
    before = REGISTRY.get_sample_value(name, labels) or 0
    api_client.post("/store/carts")
    assert REGISTRY.get_sample_value(name, labels) == before + 1


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_read_is_redirected_with_its_parameters(
    api_client: APIClient, method: str, subtests: pytest.Subtests
) -> None:
    for url in URLS:
        with subtests.test(url=url):
            response = getattr(api_client, method)(f"{url}?page=2", HTTP_AUTHORIZATION="JWT bad")
            assert (response.status_code, response["Location"]) == (301, f"{url}/?page=2")


def test_the_browsable_api_names_only_what_is_there(client: Client, product: Any) -> None:
    page = client.get(f"/store/products/{product.pk}/", headers={"accept": "text/html"})
    crumbs = re.search(r'<ul class="breadcrumb">(.*?)</ul>', page.text, re.DOTALL)
    assert crumbs is not None
    found = re.findall(r">([^<>]*\w)</a>", crumbs[1])
    assert found == ["Store", "Products", f"Product {product.pk}"]
