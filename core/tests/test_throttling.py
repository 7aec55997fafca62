from typing import Any

import pytest
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db

CREDENTIALS = [
    "/auth/jwt/create/",
    "/auth/users/",
    "/auth/users/reset_password/",
    "/auth/users/reset_password_confirm/",
    "/auth/users/reset_username/",
    "/auth/users/activation/",
]


@pytest.fixture
def _three_a_minute(settings: Any) -> None:
    settings.CREDENTIALS_RATE = (3, 60)


@pytest.mark.usefixtures("_three_a_minute")
@pytest.mark.parametrize("url", CREDENTIALS)
def test_a_guesser_has_to_wait(api_client: APIClient, url: str) -> None:
    assert [api_client.post(url, {}).status_code for _ in range(4)] == [400, 400, 400, 429]
    response = api_client.post(url, {})
    wait = int(response["Retry-After"])
    assert 55 <= wait <= 60
    assert response.json() == {
        "detail": f"Request was throttled. Expected available in {wait} seconds."
    }


@pytest.mark.usefixtures("_three_a_minute")
def test_all_guesses_of_one_address_count_together(api_client: APIClient) -> None:
    statuses = [api_client.post(url, {}).status_code for url in CREDENTIALS]
    assert statuses == [400, 400, 400, 429, 429, 429]
    assert api_client.post(CREDENTIALS[0], {}, REMOTE_ADDR="10.0.0.9").status_code == 400


@pytest.mark.usefixtures("_three_a_minute")
@pytest.mark.parametrize("url", ["/store/products/", "/store/collections/", "/tags/"])
def test_reading_the_shop_is_not_throttled(api_client: APIClient, url: str) -> None:
    assert {api_client.get(url).status_code for _ in range(5)} == {200}


def test_the_tests_are_not_throttled(api_client: APIClient) -> None:
    assert {api_client.post(CREDENTIALS[0], {}).status_code for _ in range(40)} == {400}
