"""Two processes cache what visitors read while others change it; no response may be older than its request."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from decimal import Decimal
from pathlib import Path
from random import Random
from threading import Event
from time import monotonic
from typing import Any, NamedTuple

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, connections
from django.db.models import F
from model_bakery import baker

from store.models import Cart, Collection, Product, ProductImage
from store.models.versions import VersionQuerySet
from store.services.orders import place_order
from store.tests.faults.crowd import Request, connect
from store.tests.faults.crowd import send as ask

from ..serving import production, serving
from .addresses import database_url
from .mailrooms import token_of

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

READERS = 4
PRODUCTS = 12
STOCK = 100_000
READS = {"reduced": 400, "full": 10_000}


class Seen(NamedTuple):
    """What a product shows; each number only ever grows."""

    cents: int
    sold: int
    pictures: int

    def is_older_than(self, other: "Seen") -> bool:
        return any(mine < theirs for mine, theirs in zip(self, other, strict=True))


def seen(body: dict[str, Any]) -> Seen:
    cents = int(Decimal(str(body["unit_price"])) * 100)
    return Seen(cents, STOCK - body["inventory"], len(body["images"]))


def reprice(product: Product) -> None:
    product.unit_price += Decimal("0.01")
    product.save()


def reprice_in_bulk(product: Product) -> None:
    Product.objects.filter(pk=product.pk).update(unit_price=F("unit_price") + Decimal("0.01"))


def sell(product: Product) -> None:
    Product.objects.filter(pk=product.pk).update(inventory=F("inventory") - 1)


def order(product: Product) -> None:
    cart = Cart.objects.create()
    cart.items.create(product=product, quantity=1)
    place_order(cart_id=cart.pk, user_id=get_user_model().objects.get(username="ann").pk)


def add_picture(product: Product) -> None:
    ProductImage.objects.create(product=product, image="cup.png")


class Shelf:
    """Products that are written and read at once, and what of them was committed by when."""

    def __init__(self, *ways: Callable[[Product], None]) -> None:
        self.ways, self.random, self.writes = ways, Random(7), 0
        collection = baker.make(Collection)
        make = {"slug": "cup", "unit_price": 1, "inventory": STOCK, "collection": collection}
        self.ids = [Product.objects.create(title="Cup", **make).pk for _ in range(PRODUCTS)]
        self.committed = {key: Seen(100, 0, 0) for key in self.ids}

    def write_until(self, done: Event) -> None:
        while not done.is_set():
            key = self.random.choice(self.ids)
            self.random.choice(self.ways)(Product.objects.get(pk=key))
            product = Product.objects.get(pk=key)
            self.committed[key] = Seen(
                int(product.unit_price * 100), STOCK - product.inventory, product.images.count()
            )
            self.writes += 1
        connections.close_all()

    def read(self, urls: list[str], reads: int, seed: int) -> int:
        """Read products, alone and in lists, from both processes; return how many were stale."""
        random, stale = Random(seed), 0
        with ExitStack() as stack:
            processes = [stack.enter_context(closing(connect(url))) for url in urls]
            for _ in range(reads):
                path = random.choice(["", "?page=2", "?ordering=unit_price", "{0}/"])
                known = dict(self.committed)
                url = f"/store/products/{path.format(random.choice(self.ids))}"
                body = ask(random.choice(processes), Request("GET", url)).body
                stale += any(
                    seen(shown).is_older_than(known[shown["id"]])
                    for shown in body.get("results", [body])
                )
        return stale


@pytest.fixture
def urls(tmp_path: Path) -> Iterator[list[str]]:
    """The addresses of two processes that serve one database, each with a memory of its own."""
    variables = {**production(tmp_path), "DATABASE_URL": database_url()}
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                serving(tmp_path / f"gunicorn-{name}.log", "--workers", "1", **variables)
            )
            for name in "ab"
        ]


@pytest.fixture
def race(urls: list[str]) -> Callable[[Shelf, int], int]:
    """Read a shelf while it is written; return how many of the reads were stale."""

    def race(shelf: Shelf, reads: int) -> int:
        done = Event()
        with ThreadPoolExecutor(READERS + 1) as pool:
            writer = pool.submit(shelf.write_until, done)
            try:
                share = reads // READERS
                stale = sum(pool.map(lambda seed: shelf.read(urls, share, seed), range(READERS)))
            finally:
                done.set()
            writer.result()
        return stale

    return race


def test_no_read_is_stale(
    race: Callable[[Shelf, int], int],
    urls: list[str],
    report_figures: Callable[[str], None],
    pytestconfig: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ann = get_user_model().objects.create(
        username="ann", email="ann@example.com", is_staff=True, is_superuser=True
    )
    staff = token_of(ann)

    def reprice_by_api(product: Product) -> None:
        body = {"unit_price": str(product.unit_price + Decimal("0.01"))}
        request = Request("PATCH", f"/store/products/{product.pk}/", body, staff)
        with closing(connect(urls[0])) as client:
            assert ask(client, request).status == 200

    shelf = Shelf(reprice, reprice_in_bulk, reprice_by_api, sell, order, add_picture)
    reads = READS[pytestconfig.getoption("--faults")]
    started = monotonic()

    assert race(shelf, reads) == 0

    assert shelf.writes > reads / 100
    report_figures(
        f"{connection.vendor}: {reads} reads of two processes in {monotonic() - started:.1f} s, "
        f"{shelf.writes} writes meanwhile, 0 stale"
    )
    # A test of the test: writers that invalidate nothing are found out.
    monkeypatch.setattr(VersionQuerySet, "invalidate", lambda self, *scopes: None)
    shelf.ways = (reprice, reprice_in_bulk)
    assert race(shelf, 200)
