from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from rest_framework_simplejwt.tokens import AccessToken

from store.models import Cart, CartItem, Customer, Product

from .crowd import Request, Response, send_at_once
from .tallies import Tally


@pytest.fixture
def at_once(live_server: Any) -> Callable[[Sequence[Request]], list[Response]]:
    """Send requests to the served shop at once and return the responses in the same order."""
    return lambda requests: send_at_once(live_server.url, requests)


@pytest.fixture
def make_users(transactional_db: None) -> Callable[..., list[Any]]:
    """Make customers in bulk; each user has a `token` to sign in with."""

    def make_users(number: int, **fields: Any) -> list[Any]:
        User = get_user_model()
        first = User.objects.count()
        names = [f"racer-{first + index}" for index in range(number)]
        User.objects.bulk_create(
            User(username=name, email=f"{name}@example.com", **fields) for name in names
        )
        users = list(User.objects.filter(username__in=names))
        Customer.objects.bulk_create(Customer(user=user) for user in users)
        for user in users:
            user.token = str(AccessToken.for_user(user))
        return users

    return make_users


@pytest.fixture
def user(make_users: Callable[..., list[Any]]) -> Any:
    return make_users(1)[0]


@pytest.fixture
def clerk(make_users: Callable[..., list[Any]]) -> Any:
    return make_users(1, is_staff=True)[0]


@pytest.fixture
def make_cart() -> Callable[..., Cart]:
    """Make a cart with pieces by product, in this order."""

    def make_cart(quantities: dict[Product, int]) -> Cart:
        cart = Cart.objects.create()
        CartItem.objects.bulk_create(
            CartItem(cart=cart, product=product, quantity=quantity)
            for product, quantity in quantities.items()
        )
        return cart

    return make_cart


@pytest.fixture
def rounds(pytestconfig: pytest.Config) -> int:
    """How often a race is run."""
    if pytestconfig.getoption("--faults") == "full":
        return 20
    # What a lock less lets through is a matter of chance where rows are locked.
    return 1 if connection.vendor == "sqlite" else 2


@pytest.fixture
def racers(pytestconfig: pytest.Config) -> int:
    """How many customers, or orders, take part in a race of many."""
    # Fewer miss what a lock less lets through; SQLite has one writer at a time anyway.
    is_short = connection.vendor == "sqlite" and pytestconfig.getoption("--faults") == "reduced"
    return 12 if is_short else 30


@pytest.fixture
def tally(report_figures: Callable[[str], None]) -> Iterator[Callable[[str], Tally]]:
    """Count what becomes of a race of this name; the figures are reported when the test is over."""
    tallies = []

    def tally(name: str) -> Tally:
        tallies.append(Tally(name))
        return tallies[-1]

    yield tally
    for one in tallies:
        report_figures(one.line())
