"""An address without its closing slash: a redirect to readers, a plain 404 to writers."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from store.models import Cart

URLS = ["/store/carts", "/store/products/1", "/auth/users", "/tags", "/likes", "/store/nothing"]


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("url", URLS)
def test_a_write_is_refused_and_not_redirected(
    api_client: APIClient, settings: Any, url: str, method: str, debug: bool
) -> None:
    settings.DEBUG = debug
    response = getattr(api_client, method)(url, {}, format="json")
    assert response.status_code == 404
    assert response.json() == {"detail": "Every address ends in a slash; this one has none."}


def test_a_refused_write_changes_nothing(api_client: APIClient, db: None) -> None:
    api_client.post("/store/carts", {}, format="json")
    assert not Cart.objects.exists()


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("url", URLS)
def test_a_read_is_redirected_with_its_parameters(
    api_client: APIClient, url: str, method: str
) -> None:
    response = getattr(api_client, method)(f"{url}?page=2", HTTP_AUTHORIZATION="JWT bad")
    assert (response.status_code, response["Location"]) == (301, f"{url}/?page=2")


def test_the_redirect_leads_to_no_other_host(api_client: APIClient) -> None:
    assert api_client.get("/store//evil.example")["Location"] == "/store//evil.example/"
