"""A thousand products against a million: `make bench-growth`."""

import random
import time
from collections import defaultdict
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from urllib.parse import urlencode

from .catalogues import grow, index_sizes
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
FACETS = f"{LIST}facets/"
SUGGEST = f"{LIST}suggest/"
# Requests one after the other: at least these, at most those, or as many as fit into the time.
FEWEST, MOST = 10, 300
# Goals of the 95th percentile, in milliseconds.
SEARCHED_IN, SUGGESTED_IN, FACETS_KEPT_IN = 200, 50, 300
# What MariaDB cannot look up it reads, within this shop's limit.
UNBOUNDED = {"mariadb": ("search",)}

Terms = list[str]


@dataclass(frozen=True)
class Search:
    name: str
    path: str
    parameter: str
    terms: Terms
    # Milliseconds; None where there is no goal for its time.
    goal: int | None = SEARCHED_IN


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
        for stage in (small, large):
            stage.manage("learn_words")
        few, many = (stack.enter_context(serving_uncached(stage)) for stage in (small, large))
        rounds = measure_pages(few, many, options)
        pages = table(
            ("Nothing cached", "1,000 products", f"{count:,} products", "Goal", "Ratio", ""),
            (page_row(page, rounds, few, many) for page in (FIRST, SHELF, DEEP)),
            "lrrrrl",
        )
        searches = table(
            (
                *("Search, ms", "1,000 products, p50", "p95"),
                *(f"{count:,} products, p50", "p95", "Goal of p95", ""),
            ),
            (search_row(each, few, many, options) for each in searches_of(large)),
            "lrrrrrl",
        )
        sizes = table(
            ("Index of the search", "MB"),
            ((name, f"{size / 1e6:,.0f}") for name, size in index_sizes(large.shop_database)),
            "lr",
        )
        publish(f"{pages}\n\n{searches}\n\n{sizes}", large, options)


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


def searches_of(stage: Stage) -> list[Search]:
    """Return what is searched for: words of some titles of a large catalogue."""
    shop = Database(stage.shop_database)
    top = shop.value("SELECT MAX(id) FROM store_product")
    draw = random.Random("terms")
    keys = draw.sample(range(1001, top + 1), MOST)
    marks = ", ".join("?" * MOST)
    titles = shop.rows(f"SELECT title FROM store_product WHERE id IN ({marks})", *keys)
    shop.close()
    words = [title.replace(",", "").split() for (title,) in titles]
    # A maker and what it makes; a word that many titles have, and the next one.
    rare = [" ".join(each[:3]) for each in words]
    common = [each[1] for each in words]
    parts = [word[1:] for word in common]
    # Of all products, and different each time, so that no answer was kept.
    bounds = [str(1_000_000 + number) for number in range(MOST)]
    return [
        Search("`q=`, rare words", LIST, "q", rare),
        Search("`q=`, a common word", LIST, "q", common),
        Search("`q=`, two common words", LIST, "q", [" ".join(each[1:3]) for each in words]),
        Search("`q=`, a word with a mistake", LIST, "q", [misspelt(each, draw) for each in words]),
        Search("`search=`, rare texts", LIST, "search", rare),
        Search("`search=`, a part of a common word", LIST, "search", parts),
        Search("`search=`, two characters", LIST, "search", [word[:2] for word in common], None),
        Search(
            "Suggestions, a beginning", SUGGEST, "q", [word[:3] for word in common], SUGGESTED_IN
        ),
        Search(
            "Suggestions, a rare beginning",
            SUGGEST,
            "q",
            [f"{each[0]} {each[1][:2]}" for each in words],
            SUGGESTED_IN,
        ),
        Search("Facets of all, kept", FACETS, "ordering", ["id"] * MOST, FACETS_KEPT_IN),
        Search("Facets of all, cold", FACETS, "price_max", bounds, None),
        Search("Facets of rare words, cold", FACETS, "q", rare, None),
        Search("Facets of a common word, cold", FACETS, "q", sorted(set(common)), None),
    ]


def misspelt(words: Terms, draw: random.Random) -> str:
    """Return a word of five letters or more with two letters exchanged, or else the first with one more."""
    word = next((each for each in words[1:] if len(each) >= 5), f"{words[0]}x")
    places = [at for at in range(1, len(word) - 1) if word[at] != word[at + 1]]
    place = draw.choice(places)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def search_row(each: Search, few: Server, many: Server, options: Options) -> Cells:
    before, after = (measured(each, server, options) for server in (few, many))
    # The terms are those of the many products; the few may have none of them.
    is_answered = after.found or after.refused == 1
    assert each.path != LIST or is_answered, f"{each.name}: nothing was found"
    say(f"{each.name}: {after}")
    if each.goal is None or each.parameter in UNBOUNDED.get(options.database, ()):
        return each.name, *before.cells, *after.cells, "", ""
    verdict = "hit" if after.p95 <= each.goal and not after.refused else "**miss**"
    return each.name, *before.cells, *after.cells, f"<= {each.goal}", verdict


@dataclass(frozen=True)
class Times:
    p50: float
    p95: float
    # Share of the searches that took too long.
    refused: float
    # Pages of the list of products that were not empty.
    found: int

    @property
    def cells(self) -> tuple[str, str]:
        stopped = f" ({self.refused:.0%} refused)" if self.refused else ""
        return f"{self.p50:,.1f}", f"{self.p95:,.1f}{stopped}"


def measured(each: Search, server: Server, options: Options) -> Times:
    """Search for one term after the other."""
    client = Client(server.port)
    times: list[float] = []
    refused = found = 0
    deadline = time.monotonic() + options.seconds * options.rounds * 3
    for term in each.terms:
        if len(times) >= FEWEST and time.monotonic() > deadline:
            break
        started = time.monotonic()
        response = client.get(f"{each.path}?{urlencode({each.parameter: term})}")
        times.append((time.monotonic() - started) * 1000)
        assert response.status in (200, 503), f"{response.status}: {term}"
        refused += response.status == 503
        if each.path == LIST and response.status == 200:
            found += bool(response.body["results"])
    p50, p95 = (percentile(times, share) for share in (0.5, 0.95))
    return Times(p50, p95, refused / len(times), found)


def publish(tables: str, stage: Stage, options: Options) -> None:
    lines = circumstances("bench-growth", options, stage.shop_database)
    write_section(f"growth-{options.database}", "\n\n".join([*lines, tables]))
    say(f"{tables}\n\nWritten into {PAGE.name}.")


if __name__ == "__main__":
    main()
