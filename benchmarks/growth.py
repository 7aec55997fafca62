"""A thousand products against a million: `make bench-growth`."""

import random
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from urllib.parse import urlencode

from .catalogues import grow
from .clients import Client
from .connections import Database
from .contestants.roster import SHOP_UNCACHED, contestants
from .machine import circumstances
from .measurements import Measurement, percentile
from .options import Options, read_options
from .progress import say
from .report import PAGE, Cells, table, write_section
from .servers import Server, serving
from .stage import Stage, fill_shop, open_sale, set_stage
from .wrk import ask_for

LIST = "/store/products/"
# No word of the catalogue begins like this.
NO_WORD = "zzqx"
# Searches one after the other: at least these, at most those, or as many as fit into the time.
FEWEST, MOST = 10, 300
MILLISECONDS = 50

Terms = list[str]


@dataclass(frozen=True)
class Page:
    name: str
    path: str
    # Of the figure of its first page at a thousand products.
    goal: float
    first: str = ""


FIRST = Page("First page", LIST, 0.8)
SHELF = Page("First page of a collection", f"{LIST}?collection_id=1", 0.8)
# There is none at a thousand products.
DEEP = Page("Page 50,000", f"{LIST}?page=50000", 0.3, first="First page")

Rounds = defaultdict[tuple[str, Server], list[Measurement]]


def main() -> None:
    databases = ["sqlite", "mariadb", "postgresql"]
    options = read_options("Compare a million products with a thousand.", databases)
    with ExitStack() as stack:
        small, large = (
            stack.enter_context(set_stage(options.database, f"storefront_bench_{size}"))
            for size in ("small", "large")
        )
        for stage in (small, large):
            fill_shop(stage)
            open_sale(stage)
        started = time.monotonic()
        count = grow(options.database, large.shop_database)
        say(f"Made {count:,} products in {time.monotonic() - started:.0f} s.")
        few, many = (stack.enter_context(serving_uncached(stage)) for stage in (small, large))
        rounds = measure_pages(few, many, options)
        pages = table(
            ("Nothing cached", "1,000 products", f"{count:,} products", "Goal", "Ratio", ""),
            (page_row(page, rounds, few, many) for page in (FIRST, SHELF, DEEP)),
            "lrrrrl",
        )
        rare, common = terms(large)
        searches = table(
            (f"Search of {count:,} products", "p50, ms", "p95, ms", "Goal", ""),
            search_rows(many, rare, common, options),
            "lrrrl",
        )
        publish(f"{pages}\n\n{searches}", large, options)


def serving_uncached(stage: Stage) -> AbstractContextManager[Server]:
    (uncached,) = (each for each in contestants(stage) if each.name == SHOP_UNCACHED)
    return serving(uncached, stage.folder / "servers.log")


def measure_pages(few: Server, many: Server, options: Options) -> Rounds:
    """Measure each page of both catalogues, one after the other, once a round."""
    places = [(page, server) for page in (FIRST, SHELF) for server in (few, many)]
    places.append((DEEP, many))
    for page, server in places:
        ask_for(server.address + page.path, seconds=1)
    rounds: Rounds = defaultdict(list)
    for number in range(1, options.rounds + 1):
        for page, server in places:
            found = ask_for(server.address + page.path, options.seconds)
            rounds[page.name, server].append(found)
            size = "few" if server is few else "many"
            say(f"{number}/{options.rounds}  {page.name}, {size}: {found.rate:,.1f} per second")
    return rounds


def page_row(page: Page, rounds: Rounds, few: Server, many: Server) -> Cells:
    before = Measurement.middle(rounds[page.first or page.name, few])
    after = Measurement.middle(rounds[page.name, many])
    ratio = after.rate / before.rate
    return (
        page.name,
        "" if page.first else f"{before.rate:,.0f}",
        f"{after.rate:,.0f}",
        f">= {page.goal:g}",
        f"{ratio:.2f}",
        "hit" if ratio >= page.goal else "**miss**",
    )


def terms(stage: Stage) -> tuple[Terms, Terms]:
    """Return rare terms, a maker and what it makes, and common ones, single words of many titles."""
    shop = Database(stage.shop_database)
    top = shop.value("SELECT MAX(id) FROM store_product")
    keys = random.Random("terms").sample(range(1001, top + 1), MOST)
    marks = ", ".join("?" * MOST)
    titles = shop.rows(f"SELECT title FROM store_product WHERE id IN ({marks})", *keys)
    shop.close()
    words = [title.replace(",", "").split() for (title,) in titles]
    return [" ".join(each[:3]) for each in words], [each[1] for each in words]


def search_rows(server: Server, rare: Terms, common: Terms, options: Options) -> Iterable[Cells]:
    for name, parameter, chosen, bound in (
        ("`q=`, rare terms", "q", rare, MILLISECONDS),
        ("`q=`, common terms", "q", common, None),
        ("`search=`, rare terms", "search", rare, None),
    ):
        times = search(server, parameter, chosen, options)
        say(f"{name}: {len(times)} searches")
        yield search_row(name, times, bound)


def search_row(name: str, times: list[float], bound: float | None) -> Cells:
    goal = f"<= {bound:g} ms" if bound else ""
    if not times:
        return name, "n/a", "n/a", goal, ""
    p50, p95 = (percentile(times, share) * 1000 for share in (0.5, 0.95))
    verdict = ("hit" if p95 <= bound else "**miss**") if bound else ""
    return name, f"{p50:.1f}", f"{p95:.1f}", goal, verdict


def search(server: Server, parameter: str, chosen: Terms, options: Options) -> list[float]:
    """Search for one term after the other and return how long each took; none: it cannot be done."""
    client = Client(server.port)
    if client.get(f"{LIST}?{parameter}={NO_WORD}").body["count"]:
        # It is no parameter: everything was found.
        return []
    times: list[float] = []
    deadline = time.monotonic() + options.seconds * options.rounds * 3
    for term in chosen:
        if len(times) >= FEWEST and time.monotonic() > deadline:
            break
        started = time.monotonic()
        response = client.get(f"{LIST}?{urlencode({parameter: term})}")
        times.append(time.monotonic() - started)
        assert response.body["count"], f"Nothing found: {term}"
    return times


def publish(tables: str, stage: Stage, options: Options) -> None:
    lines = circumstances("bench-growth", options, stage.shop_database)
    write_section(f"growth-{options.database}", "\n\n".join([*lines, tables]))
    say(f"{tables}\n\nWritten into {PAGE.name}.")


if __name__ == "__main__":
    main()
