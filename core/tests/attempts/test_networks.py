"""What a network that tries many accounts waits for, and an account that many networks try."""

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest
from django.utils.http import urlsafe_base64_encode
from rest_framework.test import APIClient

from core.links import RESET_PASSWORD

from ..passwords import PASSWORD
from .guesses import (
    AWAY,
    HOME,
    NEW,
    over_the_api,
    sign_in,
    statuses,
)

pytestmark = pytest.mark.django_db


def reset(user: Any, password: str, token: str = "") -> Any:
    """Set a new password with the link of a mail."""
    link = {
        "uid": urlsafe_base64_encode(str(user.pk).encode()),
        "token": token or RESET_PASSWORD.make_token(user),
    }
    body = {**link, "new_password": password}
    url = "/auth/users/reset_password_confirm/"
    return APIClient().post(url, body, format="json", HTTP_X_FORWARDED_FOR=HOME)


class TestEverywhere:
    """An account that a botnet tries, each time from another network."""

    @pytest.fixture
    def tried(self, ann: Any) -> list[int]:
        return [sign_in(address=f"203.0.113.{n}").status_code for n in range(100)]

    def test_new_networks_have_to_wait(self, tried: list[int]) -> None:
        assert tried == [401] * 6 + [429] * 94

    def test_the_owner_does_not_where_they_have_signed_in(
        self, ann: Any, later: Callable[..., None]
    ) -> None:
        assert sign_in(PASSWORD).status_code == 200
        later(days=29)
        assert 429 in {sign_in(address=f"203.0.113.{n}").status_code for n in range(100)}
        assert sign_in(PASSWORD).status_code == 200

    def test_nor_longer_than_a_quarter_of_an_hour_elsewhere(
        self, ann: Any, tried: list[int], later: Callable[..., None]
    ) -> None:
        """While the attack goes on."""
        for n in range(40):
            later(minutes=16)
            sign_in(address=f"203.0.113.{n}")
        wait = int(sign_in(PASSWORD)["Retry-After"])
        assert wait == 900
        for n in range(100, 200):
            sign_in(address=f"203.0.113.{n}")
        later(seconds=wait)
        assert sign_in(PASSWORD).status_code == 200

    def test_nor_after_a_reset(self, ann: Any, tried: list[int]) -> None:
        assert sign_in(PASSWORD).status_code == 429
        assert reset(ann, NEW).status_code == 204
        assert 429 in {sign_in(address=f"203.0.113.{n}").status_code for n in range(100)}
        assert statuses(2, NEW) == [200, 200]

    def test_nor_after_a_new_name(self, ann: Any) -> None:
        rename = over_the_api("post", "/auth/users/set_username/", new_username="eve")
        assert rename(ann, PASSWORD).status_code == 204
        found = [sign_in(name="eve", address=f"203.0.113.{n}").status_code for n in range(10)]
        assert 429 in found
        assert sign_in(PASSWORD, "eve", "127.0.0.1").status_code == 200

    def test_a_reset_that_fails_clears_nothing(self, ann: Any, tried: list[int]) -> None:
        assert reset(ann, NEW, token="wrong").status_code == 400
        assert sign_in(PASSWORD).status_code == 429

    def test_each_waits_again_for_its_next_attempt(
        self, tried: list[int], later: Callable[..., None]
    ) -> None:
        later(minutes=15)
        assert statuses(2, address="203.0.113.99") == [401, 429]

    def test_a_month_later_a_network_is_new(self, ann: Any, later: Callable[..., None]) -> None:
        assert sign_in(PASSWORD).status_code == 200
        later(days=31)
        statuses(1, address=AWAY)
        for n in range(100):
            sign_in(address=f"203.0.113.{n}")
        assert sign_in(PASSWORD).status_code == 429


class TestNetwork:
    @pytest.fixture(autouse=True)
    def _rate(self, limits: Any) -> None:
        limits.CREDENTIALS_RATE = (5, 60)

    def test_many_names_are_too_many(self, db: None) -> None:
        found = [sign_in(name=f"name-{n}").status_code for n in range(7)]
        assert found == [401] * 5 + [429] * 2
        assert sign_in(address=AWAY).status_code == 401

    def test_a_request_counts_once(self, ann: Any) -> None:
        assert statuses(6, PASSWORD) == [200] * 5 + [429]

    def test_a_trusted_one_may_ask_for_many(self, limits: Any) -> None:
        limits.TRUSTED_ADDRESSES = [ip_network("192.0.2.0/29")]
        found = {sign_in(name=f"name-{n}").status_code for n in range(7)}
        assert found == {401}
