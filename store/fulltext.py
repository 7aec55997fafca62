"""Products by the words of their texts, from the full-text index of each database."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BooleanField, F, Field, FloatField, Func, OrderBy, Value

if TYPE_CHECKING:
    from .models.catalog import ProductQuerySet

# How well a product matches; the higher the better.
RANK = "rank"
BEST_FIRST = f"-{RANK}"
# What MySQL indexes of a word, less what the index appends to each.
MYSQL_WORD = 80


class Unindexed(Func):
    """A column that is sorted by, never walked along in the order of its index."""

    template = "(SELECT %(expressions)s)"
    arity = 1


def words_of(text: str) -> list[str]:
    """Return the distinct words of a text: letters, digits and marks; all else separates."""
    kept = (char if unicodedata.category(char)[0] in "LNM" else " " for char in text)
    words = dict.fromkeys("".join(kept).split())
    return [word for word in words if any(map(str.isalnum, word))]


def matching(products: ProductQuerySet, words: Sequence[str]) -> ProductQuerySet:
    """Keep the products of which a word starts with each of these, which are of `words_of`."""
    return MATCHING[connections[products.db].vendor](products, words) if words else products.none()


def finds_at_once() -> bool:
    """Tell whether what is committed is found from then on."""
    # InnoDB now and then writes its index out; until that is done, it passes by what came last.
    return connections[DEFAULT_DB_ALIAS].vendor != "mysql"


def match_order(products: ProductQuerySet, names: Sequence[str]) -> Sequence[str | OrderBy]:
    """Return the order of those names for products that may be matching ones."""
    ranked = RANK in products.query.annotations and names[0] != BEST_FIRST
    if not ranked or connections[products.db].vendor != "postgresql":
        return names
    # PostgreSQL would look for ten matches in the order of an index, among a million that are none.
    fields = [(name.removeprefix("-"), name.startswith("-")) for name in names]
    return [OrderBy(Unindexed(F(name)), descending=descending) for name, descending in fields]


def matched(template: str, output_field: Field, *query: str) -> Func:
    """Return what the database makes of the index and the query, which is a parameter."""
    return Func(*map(Value, query), template=template, output_field=output_field)


def on_postgresql(products: ProductQuerySet, words: Sequence[str]) -> ProductQuerySet:
    query = " & ".join(f"'{word}':*" for word in words)
    found = "store_product.words @@ to_tsquery('simple', %(expressions)s)"
    rank = "ts_rank(store_product.words, to_tsquery('simple', %(expressions)s))"
    return products.filter(matched(found, BooleanField(), query)).annotate(
        **{RANK: matched(rank, FloatField(), query)}
    )


def on_mysql(products: ProductQuerySet, words: Sequence[str]) -> ProductQuerySet:
    query = " ".join(f"+{word[:MYSQL_WORD]}*" for word in words)
    match = "MATCH (store_product.words) AGAINST (%(expressions)s IN BOOLEAN MODE)"
    ranked = products.annotate(**{RANK: matched(match, FloatField(), query)})
    # Of a match it is never zero; and compared with a truth, as Django would, the index is not used.
    return ranked.filter(**{f"{RANK}__gt": 0})


def on_sqlite(products: ProductQuerySet, words: Sequence[str]) -> ProductQuerySet:
    # A rank is known only where the index is joined; nothing else in Django joins a table without a model.
    found = products.extra(
        tables=["store_product_words"],
        where=["store_product_words.rowid = store_product.id", "store_product_words MATCH %s"],
        params=[" AND ".join(f'"{word}"*' for word in words)],
    )
    # The lower the better; of a title a word counts for ten.
    rank = "-bm25(store_product_words, 10, 1)"
    return found.annotate(**{RANK: matched(rank, FloatField())})


MATCHING: dict[str, Callable[[ProductQuerySet, Sequence[str]], ProductQuerySet]] = {
    "postgresql": on_postgresql,
    "mysql": on_mysql,
    "sqlite": on_sqlite,
}
