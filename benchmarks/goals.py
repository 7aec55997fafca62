"""What the shop is to reach, as ratios within one run."""

from collections.abc import Callable
from dataclasses import dataclass

from .contestants.roster import FASTAPI, LIMIT, OSCAR, PLAIN_DRF, SHOP, SHOP_REDIS, SHOP_UNCACHED
from .results import Results
from .works import (
    CART,
    CHECKOUT,
    DETAIL,
    FILTERED,
    LIST,
    NOT_MODIFIED,
    ORDERED,
    SEARCHED,
    SIGN_IN,
    Work,
)

Place = tuple[Work, str]
ALL = ("sqlite", "mariadb")


@dataclass(frozen=True)
class Goal:
    work: str
    # None: it was not measured.
    result: Callable[[Results], float | None]
    bound: float
    unit: str
    at_most: bool = False
    databases: tuple[str, ...] = ALL

    def is_hit(self, found: float) -> bool:
        return found <= self.bound if self.at_most else found >= self.bound


def ratio(
    bound: float, place: Place, reference: Place, databases: tuple[str, ...] = ("sqlite",)
) -> Goal:
    """Compare the shop with a reference, or with itself at other work."""
    work, contestant = place
    against = reference[1] if reference[0] is work else f"{reference[1]}, {reference[0].name}"
    variant = contestant.removeprefix(SHOP).strip(", ")
    name = f"{work.name} ({variant})" if variant else work.name

    def result(results: Results) -> float | None:
        ours, theirs = (results.of(each.name, who) for each, who in (place, reference))
        return ours.rate / theirs.rate if ours and theirs and theirs.rate else None

    return Goal(name, result, bound, f"x {against}", databases=databases)


def lost(results: Results) -> float | None:
    found = results.of(CHECKOUT.name, SHOP)
    return None if found is None else found.lost + found.errors


WARM, LIMITED = (LIST, SHOP), (LIST, LIMIT)
UNCACHED = (LIST, SHOP_UNCACHED)

GOALS = [
    ratio(0.30, UNCACHED, LIMITED),
    ratio(2.0, UNCACHED, (LIST, FASTAPI)),
    ratio(4.0, UNCACHED, (LIST, PLAIN_DRF)),
    ratio(0.60, WARM, LIMITED),
    ratio(4.0, WARM, (LIST, FASTAPI)),
    ratio(0.60, (DETAIL, SHOP), (DETAIL, LIMIT)),
    ratio(4.0, (DETAIL, SHOP), (DETAIL, FASTAPI)),
    ratio(0.65, (NOT_MODIFIED, SHOP), LIMITED),
    ratio(3.0, UNCACHED, (LIST, PLAIN_DRF), ("mariadb",)),
    ratio(5.0, WARM, (LIST, PLAIN_DRF), ("mariadb",)),
    ratio(5.0, (LIST, SHOP_REDIS), (LIST, PLAIN_DRF), ("mariadb",)),
    ratio(0.50, (FILTERED, SHOP_UNCACHED), UNCACHED, ALL),
    ratio(0.50, (ORDERED, SHOP_UNCACHED), UNCACHED, ALL),
    ratio(0.50, (SEARCHED, SHOP_UNCACHED), UNCACHED, ALL),
    ratio(1.5, (CART, SHOP), (CART, FASTAPI), ALL),
    ratio(0.25, (CHECKOUT, SHOP), (CHECKOUT, LIMIT), ALL),
    ratio(5.0, (CHECKOUT, SHOP), (CHECKOUT, OSCAR), ALL),
    Goal(f"{CHECKOUT.name}: lost or failed", lost, 0, "orders", at_most=True),
    ratio(15.0, (SIGN_IN, SHOP), (SIGN_IN, PLAIN_DRF), ALL),
    Goal(
        "Memory of a worker after the run",
        lambda results: results.memory[SHOP].rss,
        110,
        "MB",
        at_most=True,
    ),
    Goal("Start to first response", lambda results: results.start(SHOP), 1.5, "s", at_most=True),
]


def goals_on(database: str) -> list[Goal]:
    return [goal for goal in GOALS if database in goal.databases]
