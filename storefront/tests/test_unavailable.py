"""A database that is away is no error of ours, and the client should come again."""

import logging
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

BODY = {
    "detail": "The shop cannot answer right now; please try again.",
    "code": "unavailable",
}

pytestmark = pytest.mark.usefixtures("database_away")


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("get", "/store/products/", None),
        ("post", "/store/carts/", {}),
        ("post", "/auth/jwt/create/", {"username": "ann", "password": "x"}),
        ("get", "/tags/", None),
    ],
)
def test_the_api_says_when_to_try_again(
    api_client: APIClient, caplog: pytest.LogCaptureFixture, method: str, url: str, body: Any
) -> None:
    with caplog.at_level(logging.ERROR, "storefront.errors.handler"):
        response = getattr(api_client, method)(url, body, format="json")
    assert (response.status_code, response.json()) == (503, BODY)
    assert response["Retry-After"] == "5"
    [record] = [record for record in caplog.records if record.name == "storefront.errors.handler"]
    assert record.exc_info is not None


def test_as_problem_details_too(api_client: APIClient) -> None:
    response = api_client.get("/store/products/", HTTP_ACCEPT="application/problem+json")
    assert response.status_code == 503
    assert response.json() == {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        **BODY,
    }


@pytest.mark.parametrize("url", ["/", "/admin/login/?next=/admin/", "/store/products/"])
def test_a_browser_gets_a_page(client: Client, url: str) -> None:
    client.cookies["sessionid"] = "one-that-must-be-looked-up"
    response = client.get(url, HTTP_ACCEPT="text/html")
    assert response.status_code == 503
    assert response["Content-Type"].startswith("text/html")
    assert response["Retry-After"] == "5"
    assert b"Back soon" in response.content


def test_a_page_asked_for_by_a_program_answers_json(client: Client) -> None:
    response = client.get("/", HTTP_ACCEPT="application/json")
    assert (response.status_code, response.json()) == (503, BODY)
