"""A web process is killed with -9 at every step of placing an order; nothing is lost or done twice."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from itertools import cycle, islice
from pathlib import Path
from threading import Event
from time import monotonic
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from model_bakery import baker

from outbox.models import Mail
from outbox.tests.smtp import MailServer
from store.models import Cart, CartItem, Order, OrderItem, OrderStatusChange, Product
from store.tests.faults.crowd import Request, Response, send
from store.tests.faults.tallies import stock_difference

from ..serving import production, serving
from .addresses import database_url
from .death_headers import DIE_BEFORE, STATEMENTS
from .mailrooms import token_of

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

# Loaded before it forks, so that a worker that dies has a successor at once.
OPTIONS = ("--preload",)
APPLICATION = "storefront.tests.faults.deaths:application"
STOCK = 10_000
# In the full profile.
KILLS = 100
SECONDS = 30
# A database server may need a moment to notice that a client is dead.
RETRY_WITHIN = 5


@dataclass
class Checkout:
    """An order that somebody is about to place, under a key of its own."""

    url: str
    token: str
    cart_id: UUID
    key: str

    def send(self, **headers: str) -> Response | None:
        """Send it and return the response; None where the process died."""
        body = {"cart_id": str(self.cart_id)}
        fields = {"Idempotency-Key": self.key, "Connection": "close", **headers}
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=SECONDS)
        try:
            return send(connection, Request("POST", "/store/orders/", body, self.token, fields))
        except (ConnectionError, HTTPException):
            return None
        finally:
            connection.close()

    def retry(self) -> tuple[Response, float]:
        """Send it again until it is no longer in flight; return the response and the seconds."""
        start = monotonic()
        while True:
            response = self.send()
            assert response is not None
            seconds = monotonic() - start
            if response.status != 409 or seconds > RETRY_WITHIN:
                return response, seconds
            Event().wait(0.02)


@pytest.fixture
def products(transactional_db: None) -> list[Product]:
    return baker.make(Product, title="A", inventory=STOCK, unit_price=10, _quantity=2)


@pytest.fixture
def url(tmp_path: Path, smtp_server: MailServer) -> Iterator[str]:
    """The address of a shop whose processes can be told to die; it sends its mails itself."""
    variables = {
        **production(tmp_path),
        "DATABASE_URL": database_url(),
        "EMAIL_HOST": smtp_server.host,
        "EMAIL_PORT": str(smtp_server.port),
    }
    log = tmp_path / "gunicorn.log"
    with serving(log, *OPTIONS, application=APPLICATION, **variables) as url:
        yield url


@pytest.fixture
def new_checkout(url: str, products: list[Product]) -> Callable[[], Checkout]:
    token = token_of(baker.make(get_user_model(), email="ann@example.com"))

    def new_checkout() -> Checkout:
        cart = Cart.objects.create()
        for quantity, product in enumerate(products, 1):
            CartItem.objects.create(cart=cart, product=product, quantity=quantity)
        return Checkout(url, token, cart.pk, str(uuid4()))

    return new_checkout


def check_books(products: list[Product]) -> None:
    """Look whether each order is whole, and each piece in stock or sold."""
    assert stock_difference(dict.fromkeys(products, STOCK)) == 0
    orders = list(Order.objects.order_by("pk").values_list("pk", flat=True))
    lines = OrderItem.objects.order_by("order_id", "pk").values_list("order_id", "quantity")
    assert list(lines) == [(order, quantity) for order in orders for quantity in (1, 2)]
    steps = OrderStatusChange.objects.order_by("order_id").values_list("order_id", "to_status")
    assert list(steps) == [(order, "pending") for order in orders]
    mails = {f"order:{order}:confirmation" for order in orders}
    assert sorted(Mail.objects.values_list("key", flat=True)) == sorted(mails)
    assert not Cart.objects.filter(pk__in=Order.objects.values("cart_uuid")).exists()


def check_death(checkout: Checkout) -> bool:
    """Look whether the order was placed as a whole or not at all; return which."""
    placed = Order.objects.filter(cart_uuid=checkout.cart_id).exists()
    items = CartItem.objects.filter(cart=checkout.cart_id).order_by("quantity")
    assert [item.quantity for item in items] == ([] if placed else [1, 2])
    return placed


def kill_at(number: int, checkout: Checkout, products: list[Product]) -> tuple[bool, float]:
    """Kill the process before a statement; return whether the order was there, and the retry's seconds."""
    assert checkout.send(**{DIE_BEFORE: str(number)}) is None

    placed = check_death(checkout)
    check_books(products)
    response, seconds = checkout.retry()
    assert (response.status, response.headers["Idempotency-Replayed"]) == (
        201,
        "true" if placed else None,
    )
    assert Order.objects.get(cart_uuid=checkout.cart_id).pk == response.body["id"]
    check_books(products)
    return placed, seconds


def test_a_server_killed_at_any_step_loses_no_piece_and_no_order(
    new_checkout: Callable[[], Checkout],
    products: list[Product],
    report_figures: Callable[[str], None],
    pytestconfig: pytest.Config,
) -> None:
    undisturbed = new_checkout().send()
    assert undisturbed is not None
    steps = [*json.loads(undisturbed.headers[STATEMENTS]), "the response"]
    key_kept = steps.index("COMMIT")
    committed = steps.index("COMMIT", steps.index("INSERT store_order"))
    # The reduced profile kills once at each step.
    is_full = pytestconfig.getoption("--faults") == "full"
    numbers = [*islice(cycle(range(len(steps))), KILLS if is_full else len(steps))]
    started, slowest = monotonic(), 0.0

    for number in numbers:
        placed, seconds = kill_at(number, new_checkout(), products)

        # Once it is committed, and not before.
        assert placed == (number > committed), steps[number]
        slowest = max(slowest, seconds)
    assert Order.objects.count() == len(numbers) + 1
    early = sum(number <= key_kept for number in numbers)
    late = sum(number > committed for number in numbers)
    report_figures(
        f"{connection.vendor}: server killed {len(numbers)} times, at each of {len(steps)} steps "
        f"({early} times before the key was kept, {late} after the commit of the order): "
        f"{Order.objects.count() - 1} orders once sent again under the same key, "
        f"stock difference {stock_difference(dict.fromkeys(products, STOCK))}, "
        f"{monotonic() - started:.1f} s; slowest retry {slowest:.2f} s"
    )
