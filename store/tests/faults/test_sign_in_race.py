"""Guesses that arrive at the same moment."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from core.models import TriedAccount, TriedNetwork
from storefront.settings.caches import cache_at

from .crowd import Request, statuses

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

SIGN_IN = "/auth/jwt/create/"
GUESSES = 120


@pytest.fixture(autouse=True)
def limits(settings: Any) -> Any:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    return settings


@pytest.fixture
def name(make_users: Callable[..., list[Any]]) -> str:
    return make_users(1, password=make_password("a-Str0ng-one"))[0].username


def attempt(name: str, password: str = "wrong", address: str = "192.0.2.7") -> Request:
    body = {"username": name, "password": password}
    return Request("POST", SIGN_IN, body, headers={"X-Forwarded-For": address})


@pytest.mark.parametrize("place", ["database", pytest.param("redis", marks=pytest.mark.redis)])
def test_no_more_than_the_limit_of_a_network_are_checked(
    limits: Any, at_once: Any, name: str, place: str, request: pytest.FixtureRequest
) -> None:
    limits.CREDENTIALS_RATE = (30, 600)
    if place == "redis":
        limits.CACHES = {"default": cache_at(request.getfixturevalue("redis_url"))}

    responses = at_once([attempt(name) for _ in range(GUESSES)])

    assert statuses(responses) == {401: 30, 429: GUESSES - 30}


def test_no_more_than_the_free_ones_of_an_account_are(limits: Any, at_once: Any, name: str) -> None:
    limits.SIGN_IN_FAILURES = 10

    responses = at_once([attempt(name) for _ in range(GUESSES)])

    assert statuses(responses) == {401: 10, 429: GUESSES - 10}
    waits = [int(each.headers["Retry-After"]) for each in responses if each.status == 429]
    assert 1 <= min(waits) <= max(waits) <= 30


def test_nor_from_everywhere(limits: Any, at_once: Any, name: str) -> None:
    limits.SIGN_IN_FAILURES = 10

    responses = at_once([attempt(name, address=f"198.51.100.{n}") for n in range(GUESSES)])

    assert statuses(responses) == {401: 20, 429: GUESSES - 20}


def test_right_ones_leave_nothing_behind(limits: Any, at_once: Any, name: str) -> None:
    limits.SIGN_IN_FAILURES = 10

    responses = at_once([attempt(name, "a-Str0ng-one") for _ in range(30)])

    assert set(statuses(responses)) <= {200, 429}
    assert TriedAccount.objects.get().failures == TriedNetwork.objects.get().failures == 0
