from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any, NamedTuple, Self

from django.db import connections
from django.db.models import BooleanField, F, Func, Subquery
from django.db.models.lookups import Exact
from django.db.models.sql.where import WhereNode

from . import mysql, postgresql, sqlite
from .words import Word

DATABASES: dict[str, Any] = {"mysql": mysql, "postgresql": postgresql, "sqlite": sqlite}


class Fulfilled(Exact):
    """A condition by itself: compared with the truth, as Django would, MySQL does not use its index."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return self.process_lhs(compiler, connection)


class Condition(Func):
    """A condition on a product that its database answers from an index, or by reading rows in another order."""

    output_field = BooleanField()
    # Whether enough products fulfil it that the first ones of an order are found by reading on.
    is_common = False

    def __init__(self, wanted: Any, others: Sequence[Any] = ()) -> None:
        # The column tells the alias of the table.
        super().__init__(F("pk"), *map(Subquery, others))
        self.wanted = wanted

    def get_lookup(self, lookup: str) -> type[Fulfilled]:
        return Fulfilled

    def as_common(self) -> Self:
        found = copy(self)
        found.is_common = True
        return found

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **kwargs: Any) -> Any:
        pk, *others = self.get_source_expressions()
        compiled = [compiler.compile(each) for each in others]
        sql, params = self.of(DATABASES[connection.vendor])(self.wanted, self.is_common, compiled)
        # As the query itself names it: PostgreSQL tells "U0" from U0, the alias in a subquery.
        table = compiler.quote_name_unless_alias(pk.alias)
        return sql.replace("{pk}", compiler.compile(pk)[0]).replace("{table}", table), params

    def of(self, database: Any) -> Any:
        raise NotImplementedError

    def on_sqlite(self) -> tuple[str, str] | None:
        """Return the index that finds the products by itself, and what it is asked for."""
        raise NotImplementedError


class HasWords(Condition):
    """A product has all of these words, none of which is found in other tables; or it has one that is."""

    def __init__(self, words: tuple[Word, ...]) -> None:
        super().__init__(words, [other for word in words for other in word.others])

    def of(self, database: Any) -> Any:
        return database.has_words

    def on_sqlite(self) -> tuple[str, str] | None:
        if any(word.others for word in self.wanted):
            return None
        return "store_product_words", sqlite.query(self.wanted)


class HasTitle(Condition):
    """A product has words in its title that start with each of these."""

    def __init__(self, words: tuple[str, ...]) -> None:
        super().__init__(words)

    def of(self, database: Any) -> Any:
        return database.has_title

    def on_sqlite(self) -> tuple[str, str] | None:
        words = [Word((word,)) for word in self.wanted]
        return "store_product_words", sqlite.query(words, "title")


def conditions_of(words: Sequence[Word], using: str) -> list[HasWords]:
    """Return the conditions that together say that a product has all of these words."""
    read: list[Word] = []
    if connections[using].vendor == "mysql" and len(words) > 1:
        words, read = mysql.divided(words, using)
    together = tuple(word for word in words if not word.others)
    return [
        *([HasWords(together)] if together else []),
        *(HasWords((word,)) for word in words if word.others),
        *(HasWords((word,)).as_common() for word in read),
    ]


class HasParts(Condition):
    """A product has each of these texts in its title, SKU or description, or belongs to a collection named with it."""

    def __init__(self, parts: tuple[tuple[str, tuple[int, ...]], ...]) -> None:
        super().__init__(parts)

    def of(self, database: Any) -> Any:
        return database.has_parts

    def on_sqlite(self) -> tuple[str, str] | None:
        if not all(
            sqlite.is_indexed(part) and not collections for part, collections in self.wanted
        ):
            return None
        return "store_product_parts", sqlite.query_of_parts([part for part, _ in self.wanted])


def replaced(node: Any, replace: Callable[[Condition], Condition | None]) -> Any:
    """Return a part of a query with its conditions replaced; those that are replaced by nothing are left out."""
    if isinstance(node, WhereNode):
        children = [replaced(child, replace) for child in node.children]
        kept = [child for child in children if child is not None]
        return WhereNode(kept, node.connector, node.negated)
    if not isinstance(node, Fulfilled):
        return node
    condition = replace(node.lhs)
    if condition is None:
        return None
    found = copy(node)
    found.lhs = condition
    return found


class Finding(NamedTuple):
    """What a queryset of products was searched for, each in a condition of its own."""

    words: tuple[Word, ...] = ()
    parts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.parts)
