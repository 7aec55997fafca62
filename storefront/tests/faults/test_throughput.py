"""Orders per second of the served shop; nothing here says how many there should be."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import cycle, product
from pathlib import Path
from time import monotonic
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from model_bakery import baker

from outbox.models import Mail
from store.models import Cart, CartItem, Collection, Customer, Order, Product
from store.tests.faults.crowd import Request, send_at_once
from store.tests.faults.tallies import stock_difference

from ..serving import production, serving
from .addresses import database_url
from .mailrooms import token_of

pytestmark = [
    pytest.mark.faults,
    pytest.mark.redis,
    pytest.mark.django_db(transaction=True),
]

CLIENTS = [1, 16]
# Orders by the number of clients.
PROFILES = {"reduced": {1: 10, 16: 32}, "full": {1: 400, 16: 1200}}
WARM_UP = 32


@pytest.fixture
def url(tmp_path: Path, redis_url: str) -> Iterator[str]:
    """The address of a shop that leaves its mails to a worker that is not there."""
    variables = {
        **production(tmp_path),
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis_url,
        "TASK_QUEUE": f"mails-{uuid4().hex}",
    }
    with serving(tmp_path / "gunicorn.log", **variables) as url:
        yield url


@pytest.fixture
def tokens(transactional_db: None) -> list[str]:
    """Tokens of as many customers as there are clients at most."""
    User = get_user_model()
    names = [f"buyer-{number}" for number in range(max(CLIENTS))]
    User.objects.bulk_create(User(username=n, email=f"{n}@example.com") for n in names)
    users = list(User.objects.all())
    Customer.objects.bulk_create(Customer(user=user) for user in users)
    return [token_of(user) for user in users]


@pytest.fixture
def prepare(tokens: list[str]) -> Callable[..., tuple[dict[Product, int], list[Request]]]:
    """Make products, and carts of one piece each, whose orders are to be placed."""
    collection = baker.make(Collection)

    def prepare(orders: int, *, is_hot: bool) -> tuple[dict[Product, int], list[Request]]:
        number = 1 if is_hot else orders
        new = [
            Product(
                title="A",
                slug="a",
                unit_price=10,
                inventory=orders // number,
                collection=collection,
            )
            for _ in range(number)
        ]
        Product.objects.bulk_create(new)
        products = list(Product.objects.order_by("-pk")[:number])
        carts = Cart.objects.bulk_create(Cart() for _ in range(orders))
        CartItem.objects.bulk_create(
            CartItem(cart=cart, product=one, quantity=1)
            for cart, one in zip(carts, cycle(products), strict=False)
        )
        return {one: one.inventory for one in products}, [
            Request("POST", "/store/orders/", {"cart_id": str(cart.pk)}, token, new_key())
            for cart, token in zip(carts, cycle(tokens), strict=False)
        ]

    return prepare


def new_key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def test_every_order_is_placed(
    url: str,
    prepare: Callable[..., tuple[dict[Product, int], list[Request]]],
    report_figures: Callable[[str], None],
    pytestconfig: pytest.Config,
) -> None:
    orders = PROFILES[pytestconfig.getoption("--faults")]
    # The first order of a thread loads what the others need.
    send_at_once(url, prepare(WARM_UP, is_hot=False)[1])
    for is_hot, clients in product([True, False], CLIENTS):
        placed_before = Order.objects.count()
        start, requests = prepare(orders[clients], is_hot=is_hot)

        started = monotonic()
        responses = send_at_once(url, requests, clients)
        seconds = monotonic() - started

        assert Counter(response.status for response in responses) == {201: len(requests)}
        assert Order.objects.count() == Mail.objects.count() == placed_before + len(requests)
        assert not Cart.objects.exists()
        difference = stock_difference(start)
        assert difference == 0
        report_figures(
            f"{connection.vendor}: {'hot product' if is_hot else 'spread products'}, "
            f"{clients} client(s): {len(requests)} orders in {seconds:.1f} s = "
            f"{len(requests) / seconds:.0f}/s, 0 errors, stock difference {difference}"
        )
