"""What somebody may mean who has typed a part of a search."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..fulltext import words_of
from ..fulltext.plans import first
from ..fulltext.words import has_word
from ..labels import product_labels
from ..models import Collection, Product
from ..models.catalog import ProductQuerySet
from ..statement_limits import StatementTooSlow, statement_limit

# In all, and of what is no product.
MOST = 10
MOST_OF_A_KIND = 3
# Words that are looked at.
WORDS = 6
# For which the database may look: whoever types does not wait.
SECONDS = 0.25


class Suggestions(NamedTuple):
    products: Sequence[Product]
    collections: Sequence[dict[str, Any]]
    tags: Sequence[str]


def suggest(*, text: str, products: ProductQuerySet) -> Suggestions:
    """Return products, collections and labels of which words start with each word of a text; none without a word."""
    words = words_of(text)[:WORDS]
    if not words:
        return Suggestions([], [], [])
    collections = [
        {"id": key, "title": title}
        for key, title in Collection.objects.order_by("title", "id").values_list("id", "title")
        if has_words(title, words)
    ][:MOST_OF_A_KIND]
    labels = [label for each in product_labels() for _, label in each.labels()]
    tags = sorted(label for label in labels if has_words(label, words))[:MOST_OF_A_KIND]
    rows = MOST - len(collections) - len(tags)
    return Suggestions(titled(products, words, rows), collections, tags)


def titled(products: ProductQuerySet, words: Sequence[str], rows: int) -> list[Product]:
    try:
        with statement_limit(products.db, SECONDS):
            return first(products.with_title_words(words), rows)
    except StatementTooSlow:
        # Fewer suggestions now are better than more of them later.
        return []


def has_words(label: str, words: Sequence[str]) -> bool:
    return all(has_word(label, word) for word in words)
