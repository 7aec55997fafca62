"""How often an account, or a network where nobody is signed in, may write."""

import json
import re
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import resolve
from environs import ValidationError
from rest_framework.test import APIClient

from core.throttles import CredentialsThrottle
from store.models import Cart, Review
from storefront.limits.throttles import RateThrottle, is_rated
from storefront.settings.limits import is_rates, rates

from ..conftest import PRODUCTION, Start
from ..routes import REPORTS, REQUESTS

pytestmark = pytest.mark.django_db
CARTS = "/store/carts/"
# Signed by the gateway, from whose one address all events come.
EXEMPT = {"/store/payments/webhook/"}


@pytest.fixture(autouse=True)
def _rates(settings: Any) -> Iterator[None]:
    settings.RATES = {"carts": [(3, 3600)], "writes": [(5, 60)], "reviews": [(1, 60), (2, 3600)]}
    yield
    cache.clear()


@pytest.fixture
def make_carts(api_client: APIClient) -> Callable[..., list[int]]:
    def make_carts(number: int, **request: Any) -> list[int]:
        return [api_client.post(CARTS, **request).status_code for _ in range(number)]

    return make_carts


def test_too_often_is_429_and_changes_nothing(api_client: APIClient, make_carts: Any) -> None:
    assert make_carts(3) == [201] * 3
    response = api_client.post(CARTS)
    assert response.status_code == 429
    assert 3590 <= int(response["Retry-After"]) <= 3600
    seconds = response["Retry-After"]
    detail = f"Request was throttled. Expected available in {seconds} seconds."
    assert response.json() == {"detail": detail}
    assert Cart.objects.count() == 3


def test_reads_and_other_scopes_are_not_counted(api_client: APIClient, make_carts: Any) -> None:
    make_carts(4)
    cart = Cart.objects.earliest("pk")
    path = f"{CARTS}{cart.pk}/"
    assert {api_client.get(path).status_code for _ in range(10)} == {200}
    # Not there, but not too often.
    assert api_client.post(f"{path}items/", {"product_id": 1, "quantity": 1}).status_code == 400


def test_a_network_is_one_asker(make_carts: Any) -> None:
    assert make_carts(3, REMOTE_ADDR="2001:db8::1") == [201] * 3
    assert make_carts(1, REMOTE_ADDR="2001:db8::2") == [429]
    assert make_carts(1, REMOTE_ADDR="2001:db8:0:1::1") == [201]


def test_an_account_is_one_asker_wherever_it_is(sign_in: Any, make_carts: Any) -> None:
    make_carts(3)
    sign_in("ann")
    assert make_carts(3) == [201] * 3
    assert make_carts(1, REMOTE_ADDR="192.0.2.1") == [429]
    sign_in("bob")
    assert make_carts(1) == [201]


def test_a_header_of_the_client_is_no_other_address(make_carts: Any) -> None:
    make_carts(3)
    assert make_carts(1, HTTP_X_FORWARDED_FOR="192.0.2.1") == [429]


def test_trusted_addresses_are_exempt(make_carts: Any, settings: Any) -> None:
    settings.TRUSTED_ADDRESSES = [ip_network("127.0.0.0/8")]
    assert make_carts(9) == [201] * 9


def test_staff_work_at_the_usual_rate(sign_in: Any, make_carts: Any) -> None:
    sign_in("clerk", is_staff=True)
    assert make_carts(6) == [201] * 5 + [429]


def test_each_rate_of_a_scope_holds(api_client: APIClient, product: Any, settings: Any) -> None:
    settings.RATES = {"reviews": [(2, 60), (1, 3600)]}
    url = f"/store/products/{product.pk}/reviews/"
    answers = [api_client.post(url, {"name": "A", "description": "B"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 429]
    assert int(answers[1]["Retry-After"]) > 60
    assert Review.objects.count() == 1


def test_what_is_left_is_told(api_client: APIClient, product: Any) -> None:
    url = f"/store/products/{product.pk}/reviews/"
    answers = [api_client.post(url, {"name": "A", "description": "B"}) for _ in range(2)]
    assert [answer["RateLimit-Policy"] for answer in answers] == [
        '"reviews-60";q=1;w=60, "reviews-3600";q=2;w=3600'
    ] * 2
    left = [re.sub("t=[0-9]+", "t", answer["RateLimit"]) for answer in answers]
    assert left == [
        '"reviews-60";r=0;t, "reviews-3600";r=1;t',
        '"reviews-60";r=0;t, "reviews-3600";r=0;t',
    ]
    seconds = [int(each) for each in re.findall("t=([0-9]+)", answers[1]["RateLimit"])]
    assert 50 <= seconds[0] <= 60 < 3590 <= seconds[1] <= 3600
    assert "RateLimit" not in api_client.get(url)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", []), ("10/hour,30/day", [(10, 3600), (30, 86400)]), ("5/m", [(5, 60)])],
)
def test_a_list_of_rates_is_read(text: str, expected: list[tuple[int, int]]) -> None:
    assert rates(is_rates(text)) == expected


@pytest.mark.parametrize("text", ["10", "10/week", "10/hour,", "ten/hour", "10/hour 5/day"])
def test_what_is_no_list_of_rates_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="No list of rates"):
        is_rates(text)


def test_hundreds_of_shoppers_behind_one_address_fill_their_carts(start: Start) -> None:
    result = start("prod", '[RATES["carts"], RATES["cart_lines"]]', **PRODUCTION)
    of_carts, of_lines = json.loads(result.stdout)
    assert min(limit for limit, _ in of_carts) >= 300
    # Three lines each, within two minutes.
    assert of_lines == [[600, 60]]


def test_each_write_of_the_api_is_counted(subtests: pytest.Subtests) -> None:
    """Whatever view comes along: its writes have a scope, by default the usual one."""
    for method, path in REQUESTS:
        if method != "get" and path not in EXEMPT:
            with subtests.test(method=method, path=path):
                assert counts(method, path)
    for report in REPORTS:
        assert counts("get", f"/store/reports/{report}/")


def counts(method: str, path: str) -> bool:
    match: Any = resolve(numbered(path))
    view = match.func.cls(**getattr(match.func, "initkwargs", {}))
    return any(
        issubclass(each, CredentialsThrottle)
        or (issubclass(each, RateThrottle) and is_rated(method.upper(), view))
        for each in view.throttle_classes
    )


def numbered(path: str) -> str:
    """Put an id into each place of one."""
    path = path.replace("{cart}", "00000000-0000-0000-0000-000000000000")
    return "/".join("1" if part.startswith("{") else part for part in path.split("/"))
