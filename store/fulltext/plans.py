"""How a page of what was found is read: by rank where it is little, else by reading on in the order of the list."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import F, Func, OrderBy

from ..statement_limits import StatementTooSlow, statement_limit
from . import mysql, postgresql, sqlite
from .conditions import DATABASES, Condition, HasWords, replaced

RANK = "rank"
BEST_FIRST = f"-{RANK}"
# Products up to which they are counted and ranked.
CAP = 10_000
# Products from which on PostgreSQL soon finds CAP of them, wherever it begins; its index would collect all.
DENSE = 30 * CAP
# Products from which on a few are sooner found by reading on than from the index, which collects all.
FEW = 3000
# How PostgreSQL reads the table, or walks along another index of it; that of words is read as a bitmap.
OTHER_WAYS = ("enable_seqscan", "enable_indexscan", "enable_indexonlyscan")
# Of a page; and what MariaDB may take to find so many by reading on.
ROWS = 10
SECONDS = 0.3


@dataclass(frozen=True)
class Plan:
    products: Any
    # CAP at most.
    count: int
    # Whether there are more.
    is_capped: bool


def finds_at_once() -> bool:
    """Tell whether what is committed is found from then on."""
    # InnoDB now and then writes its index out; until that is done, it passes by what came last.
    return connections[DEFAULT_DB_ALIAS].vendor != "mysql"


class Unindexed(Func):
    """A column that is sorted by, never walked along in the order of its index."""

    template = "(SELECT %(expressions)s)"
    arity = 1


def plan(products: Any, names: Sequence[str]) -> Plan:
    """Count what was found as far as it matters, and order it by these names."""
    vendor = connections[products.db].vendor
    common = as_common(products).order_by(*unranked(products, names))
    if vendor == "mysql" and is_common_on_mysql(products, common):
        return plan_of_common(products, common, names)
    if vendor == "mysql" and names[0] == BEST_FIRST:
        return plan_on_mysql(products)
    count = counted(products)
    if count > CAP:
        # MySQL, which would not read on for long, has not come here with what is found soon.
        found = products.order_by(*unranked(products, names)) if vendor == "mysql" else common
        return Plan(found, CAP, True)
    return Plan(ordered(products, names), count, False)


def plan_of_common(products: Any, common: Any, names: Sequence[str]) -> Plan:
    """Count by reading on, for a limited time; what that does not find out is taken for more than CAP."""
    if has_common_word_alone(products):
        return Plan(common, CAP, True)
    try:
        with statement_limit(products.db, SECONDS):
            count = common.order_by()[: CAP + 1].count()
    except StatementTooSlow:
        count = CAP + 1
    if count > CAP:
        return Plan(common, CAP, True)
    return plan_on_mysql(products) if names[0] == BEST_FIRST else Plan(common, count, False)


def has_common_word_alone(products: Any) -> bool:
    """Tell whether one word is all that is asked, and more than CAP products have one that starts so."""
    words = products.finding.words
    asked = [
        child
        for child in all_of(products).query.where.children
        if getattr(getattr(child, "lhs", None), "target", None)
        != products.model._meta.get_field("is_published")
    ]
    return not asked and len(words) == 1 and mysql.has_common(words[0], CAP, products.db)


def plan_on_mysql(products: Any) -> Plan:
    """Read all ranks at once: each row takes as long as the index takes to find it."""
    ranks = [*ranked(products).order_by().values_list(RANK, "pk")[: CAP + 1]]
    if len(ranks) > CAP:
        return Plan(products.order_by(*products.model._meta.ordering), CAP, True)
    best = [pk for _, pk in sorted(ranks, key=lambda row: (-row[0], row[1]))]
    return Plan(InOrder(all_of(products), best), len(best), False)


class InOrder(Sequence[Any]):
    """The rows of a list of ids, read by the page."""

    def __init__(self, products: Any, ids: Sequence[int]) -> None:
        self.products, self.ids = products, ids

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, place: Any) -> Any:
        found = self.products.in_bulk(self.ids[place])
        return [found[pk] for pk in self.ids[place] if pk in found]


def all_of(products: Any) -> Any:
    """Return the products among which these were found by words."""
    found = products.order_by()
    found.query.where = replaced(found.query.where, lambda condition: None)
    return found


def counted(products: Any) -> int:
    with index_alone(products):
        count: int = one_by_one(products).order_by()[: CAP + 1].count()
    return count


def one_by_one(products: Any) -> Any:
    """Return the same products, read one after the other where SQLite would first read all that it finds."""
    if connections[products.db].vendor != "sqlite":
        return products
    joins: list[tuple[str, str]] = []

    def replace(condition: Condition) -> Condition | None:
        join = None if joins else condition.on_sqlite()
        joins.extend([join] if join else [])
        return None if join else condition

    found = products.all()
    found.query.where = replaced(found.query.where, replace)
    return sqlite.joined(found, *joins[0]) if joins else products


def finds_any(products: Any) -> bool:
    """Tell whether there is a product with the words that were searched for."""
    words = products.finding.words
    if not words:
        return False
    if (
        connections[products.db].vendor == "mysql"
        and min(mysql.frequencies(words, products.db)) > CAP
    ):
        # Each is found, then. Only the index would tell whether together, and read them all.
        return True
    with index_alone(products):
        return bool(one_by_one(products).exists())


@contextmanager
def index_alone(products: Any) -> Iterator[None]:
    """Have PostgreSQL read its index of words where it would rather read half of the table until enough rows fit."""
    is_postgresql = connections[products.db].vendor == "postgresql"
    if not is_postgresql or is_slow(products) or estimated(products) > DENSE:
        yield
        return
    with transaction.atomic(products.db), connections[products.db].cursor() as cursor:
        cursor.execute(switched("off"))
        yield
        cursor.execute(switched("on"))


def switched(state: str) -> str:
    return ";".join(f"SET LOCAL {way} = {state}" for way in OTHER_WAYS)


def estimated(products: Any) -> int:
    """Return how many there are, as PostgreSQL expects."""
    explained = products.order_by().explain(format="json")
    if not explained:
        # Django has not asked: no product can fulfil the conditions.
        return 0
    (found,) = json.loads(explained)
    rows: int = found["Plan"]["Plan Rows"]
    return rows


def is_slow(products: Any) -> bool:
    """Tell whether no index finds what was searched for."""
    parts, vendor = products.finding.parts, connections[products.db].vendor
    if not all(map(DATABASES[vendor].is_indexed, parts)):
        return True
    return bool(parts) and vendor == "postgresql" and not postgresql.finds_parts(products.db)


def unranked(products: Any, names: Sequence[str]) -> Sequence[str]:
    return products.model._meta.ordering if names[0] == BEST_FIRST else names


def ordered(products: Any, names: Sequence[str]) -> Any:
    """Order the few that were found, each of which is read."""
    vendor = connections[products.db].vendor
    if names[0] == BEST_FIRST:
        return ranked(products).order_by(*names)
    if vendor != "postgresql":
        return products.order_by(*names)
    # PostgreSQL would look for ten matches in the order of an index, among a million that are none.
    fields = [(name.removeprefix("-"), name.startswith("-")) for name in names]
    return products.order_by(
        *(OrderBy(Unindexed(F(name)), descending=descending) for name, descending in fields)
    )


def ranked(products: Any) -> Any:
    words, vendor = products.finding.words, connections[products.db].vendor
    found = products.all()
    if vendor == "sqlite" and not any(word.others for word in words):
        # The index is joined for its ranks, and need not be asked twice.
        found.query.where = replaced(found.query.where, but_words)
    if vendor == "mysql" and len(words) > 1:
        words, _ = mysql.divided(words, products.db)
    return DATABASES[vendor].ranked(found, words, RANK)


def but_words(condition: Condition) -> Condition | None:
    return None if isinstance(condition, HasWords) else condition


def as_common(products: Any) -> Any:
    """Return the same products, found by reading on in the order of the list."""
    found = products.all()
    found.query.where = replaced(found.query.where, Condition.as_common)
    return found


def is_common_on_mysql(products: Any, common: Any) -> bool:
    """Tell whether the index would give too many products, and reading on soon gives a page."""
    words = products.finding.words
    if not words or min(mysql.frequencies(words, products.db)) <= CAP:
        return False
    try:
        with statement_limit(products.db, SECONDS):
            return len(common.values_list("pk")[:ROWS]) == ROWS
    except StatementTooSlow:
        # They are common each, but seldom together.
        return False


def first(products: Any, rows: int) -> list[Any]:
    """Return a few of the products that were found, in the order of the list where they are many."""
    vendor = connections[products.db].vendor
    if vendor == "sqlite":
        # The index gives one after the other.
        return [*one_by_one(products).order_by()[:rows]]
    is_common = (
        min(mysql.frequencies(products.finding.words, products.db)) > FEW
        if vendor == "mysql"
        else estimated(products) > FEW
    )
    names = products.model._meta.ordering
    if is_common:
        return [*as_common(products).order_by(*names)[:rows]]
    # PostgreSQL would rather read the table until so many fit.
    found = ordered(products, names) if vendor == "postgresql" else products.order_by()
    return [*found[:rows]]
