"""Limits that hold for two processes as for one, under the production settings."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from store.tests.faults.crowd import Request, Response, send_at_once, statuses
from storefront.tests.serving import production, serving

pytestmark = [pytest.mark.faults, pytest.mark.once, pytest.mark.django_db]

SIGN_IN = "/auth/jwt/create/"
GUESSES = 120
Ask = Callable[..., list[Response]]


@pytest.fixture
def ask(tmp_path: Path, migrated_database: Path) -> Iterator[Ask]:
    """Serve a shop with limits, and send requests to its two processes at once."""
    shutil.copy(migrated_database, tmp_path / "shop.sqlite3")
    with ExitStack() as stack:

        def ask(requests: list[Request], *options: str, **limits: str) -> list[Response]:
            variables = production(tmp_path) | {"PATH": os.environ["PATH"], "NUM_PROXIES": "1"}
            log = tmp_path / "gunicorn.log"
            url = stack.enter_context(serving(log, *options, **variables | limits))
            return send_at_once(url, requests)

        yield ask


def guess(number: int, *, address: str = "192.0.2.7") -> Request:
    body = {"username": "ann", "password": f"wrong {number}"}
    return Request("POST", SIGN_IN, body, headers={"X-Forwarded-For": address})


def test_a_network_gets_as_many_as_its_limit(ask: Ask) -> None:
    # Without a password, so that no hash holds the crowd up.
    responses = ask([Request("POST", SIGN_IN, {})] * GUESSES, THROTTLE_CREDENTIALS="30/hour")

    assert statuses(responses) == {400: 30, 429: GUESSES - 30}
    waits = {int(each.headers["Retry-After"]) for each in responses if each.status == 429}
    assert waits <= {*range(3500, 3601)}


def test_an_account_gets_no_more_than_its_failures(ask: Ask) -> None:
    guesses = [guess(n, address=f"198.51.100.{n}") for n in range(GUESSES)]

    found = statuses(ask(guesses, SIGN_IN_FAILURES="2"))

    assert 1 <= found[401] <= 4
    assert {*found} <= {401, 429, 503}


def test_those_who_find_no_place_come_again(ask: Ask) -> None:
    limits = {"THROTTLE_CREDENTIALS": "100000/min", "SIGN_IN_FAILURES": "0"}

    # Of 80 connections 15 may wait for a password, in each process.
    guesses = [guess(n) for n in range(GUESSES)]
    responses = ask(guesses, "--worker-connections", "80", **limits)

    assert {*statuses(responses)} == {401, 503}
    refused = [each for each in responses if each.status == 503]
    assert {(each.body["code"], each.headers["Retry-After"]) for each in refused} == {("busy", "1")}
