"""What is measured, and of whom."""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from . import flows
from .clients import Client, Flow, Shift, Shopper, work_together
from .contestants.roster import (
    FASTAPI,
    LIMIT,
    LIMIT_GRANIAN,
    OSCAR,
    PLAIN_DRF,
    SHOP,
    SHOP_AS_STARTED,
    SHOP_GRANIAN,
    SHOP_REDIS,
    SHOP_UNCACHED,
    SHOP_WITHOUT,
)
from .ledgers import read_ledger
from .measurements import Measurement
from .processes import cpu_seconds
from .servers import Server
from .wrk import ask_for

CLIENTS = 16

# None: the contestant cannot do this.
Measure = Callable[[Server, list[Shopper], float], Measurement | None]


@dataclass(frozen=True)
class Work:
    name: str
    contestants: tuple[str, ...]
    measure: Measure
    # Where all who take part must answer alike; Oscar has a shape of its own.
    same: tuple[str, ...] = ()


def read(path: str = "") -> Measure:
    """Ask for a path, without one for the list of products."""

    def measure(server: Server, shoppers: list[Shopper], seconds: float) -> Measurement:
        url = f"{server.address}{path or server.catalog}"
        return with_cpu(server, lambda: ask_for(url, seconds))

    return measure


def read_unchanged(server: Server, shoppers: list[Shopper], seconds: float) -> Measurement | None:
    """Ask for the list as a client does that has it."""
    client = Client(server.port)
    tag = client.get(server.catalog).headers.get("etag")
    if tag is None or client.get(server.catalog, If_None_Match=tag).status != 304:
        return None
    url, headers = f"{server.address}{server.catalog}", {"If-None-Match": tag}
    return with_cpu(server, lambda: ask_for(url, seconds, headers))


def do(flow: Flow, clients: int) -> Measure:
    def measure(server: Server, shoppers: list[Shopper], seconds: float) -> Measurement:
        busy = shoppers[:clients]
        shifts = [Shift(server.port, flow, seconds, shopper, {}) for shopper in busy]
        return with_cpu(server, lambda: work_together(shifts))

    return measure


def check_out(server: Server, shoppers: list[Shopper], seconds: float) -> Measurement:
    """Place orders, and look for each of them in the database."""
    of_oscar = server.name == OSCAR
    flow = flows.check_out_of_oscar if of_oscar else flows.check_out
    shifts = [
        Shift(server.port, flow, seconds, shopper, token_headers(server, shopper))
        for shopper in shoppers
    ]
    url = server.contestant.environment["DATABASE_URL"]
    before = read_ledger(url, of_oscar=of_oscar)
    found = with_cpu(server, lambda: work_together(shifts))
    after = read_ledger(url, of_oscar=of_oscar)
    return replace(found, lost=after.lost_since(before, confirmed=found.done))


def token_headers(server: Server, shopper: Shopper) -> dict[str, str]:
    """Sign in, where orders are for users only."""
    if server.name != SHOP:
        return {}
    return {"Authorization": f"JWT {flows.token(Client(server.port), shopper)}"}


def with_cpu(server: Server, load: Callable[[], Measurement]) -> Measurement:
    """Measure a load, and add what the server used of the machine meanwhile."""
    used, started = cpu_seconds(server.pid), time.monotonic()
    found = load()
    took = (time.monotonic() - started) * (os.cpu_count() or 1)
    return replace(found, cpu=(cpu_seconds(server.pid) - used) / took)


LIST = Work(
    "Product list",
    (
        LIMIT,
        LIMIT_GRANIAN,
        SHOP_UNCACHED,
        SHOP,
        SHOP_REDIS,
        SHOP_AS_STARTED,
        SHOP_GRANIAN,
        FASTAPI,
        PLAIN_DRF,
        OSCAR,
    ),
    read(),
    same=("/store/products/", "/store/products/?page=2", "/store/products/?page=100"),
)
DETAIL = Work(
    "One product",
    (LIMIT, SHOP_UNCACHED, SHOP, FASTAPI, PLAIN_DRF),
    read("/store/products/1/"),
    same=tuple(f"/store/products/{number}/" for number in range(1, 60)),
)
NOT_MODIFIED = Work("Product list, not modified (304)", (SHOP,), read_unchanged)
PARTS = Work("Product list, one part left out", tuple(SHOP_WITHOUT), read())
NOTHING = Work("Django view that does nothing", (PLAIN_DRF,), read("/nothing/"))
FILTERED = Work(
    "Products above a price", (SHOP_UNCACHED,), read("/store/products/?unit_price__gt=50")
)
ORDERED = Work(
    "Products by falling price", (SHOP_UNCACHED,), read("/store/products/?ordering=-unit_price")
)
SEARCHED = Work("Products with a word", (SHOP_UNCACHED,), read("/store/products/?search=oak"))
CART = Work("Cart: create, add, read", (SHOP, FASTAPI), do(flows.fill_cart, CLIENTS))
CHECKOUT = Work("Whole checkout, 16 clients", (LIMIT, SHOP, OSCAR), check_out)
# Few: one hash of PBKDF2 takes a quarter of a second, and nobody is to wait for 16 of them.
SIGN_IN = Work("Sign-in", (SHOP, PLAIN_DRF), do(flows.sign_in, 4))

# Reads first: what follows makes the tables grow.
WORKS = [
    LIST,
    DETAIL,
    NOT_MODIFIED,
    PARTS,
    NOTHING,
    FILTERED,
    ORDERED,
    SEARCHED,
    SIGN_IN,
    CART,
    CHECKOUT,
]


def names(works: Iterable[Work]) -> list[str]:
    """Return who takes part in any of the works, each once."""
    return list(dict.fromkeys(name for work in works for name in work.contestants))
