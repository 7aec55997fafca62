"""What a list of products is searched for."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any, Self, cast

from django.db import connections
from django.db.models import BooleanField, ExpressionWrapper, Q

from ..fulltext import Finding, HasParts, HasTitle, Word, conditions_of

# What a search looks into, beside the title of the collection.
SEARCHED_TEXTS = ("title", "sku", "description")


class SearchingMixin:
    """A queryset of products that knows what they were searched for, and the order in which they are to come."""

    finding = Finding()
    names: Sequence[str] = ()

    def matching(self: Any, words: Sequence[str | Word]) -> Any:
        """Keep the products of which a word starts with each of these, which are of `words_of`."""
        if not words:
            return self.none()
        wanted = [Word((word,)) if isinstance(word, str) else word for word in words]
        found = self.filter(*conditions_of(wanted, self.db))
        found.finding = self.finding._replace(words=(*self.finding.words, *wanted))
        return found

    def with_title_words(self: Any, words: Sequence[str]) -> Any:
        """Keep the products whose title has words that start with each of these, which are of `words_of`."""
        found = self.filter(HasTitle(tuple(words)))
        found.finding = self.finding._replace(words=tuple(Word((word,)) for word in words))
        return found

    def containing(self: Any, terms: Iterable[str]) -> Any:
        """Keep the products with each term in one of their texts or in their collection's title."""
        parts = tuple(dict.fromkeys(terms))
        if not parts:
            return self
        if connections[self.db].vendor == "mysql":
            titled = self.titled_on_mysql(parts)
            found = self.filter(
                *(containing_on_mysql(part, keys) for part, keys in zip(parts, titled, strict=True))
            )
        else:
            found = self.filter(HasParts(tuple(zip(parts, self.titled(parts), strict=True))))
        found.finding = self.finding._replace(parts=(*self.finding.parts, *parts))
        return found

    def titled_on_mysql(self: Any, parts: Sequence[str]) -> list[tuple[int, ...]]:
        """Return the ids of the collections with each text in their title, as MySQL compares."""
        wanted = [has_on_mysql("title", part) for part in parts]
        answers = {
            f"has_part{number}": ExpressionWrapper(each, BooleanField())
            for number, each in enumerate(wanted)
        }
        named = self.collections().filter(reduce(or_, wanted)).order_by().annotate(**answers)
        rows = [*named.values_list("pk", *answers)]
        return [tuple(row[0] for row in rows if row[at]) for at in range(1, len(parts) + 1)]

    def titled(self: Any, parts: Sequence[str]) -> list[tuple[int, ...]]:
        """Return the ids of the collections with each text in their title, whatever its case."""
        # Compared here, because SQLite ignores the case of ASCII alone.
        rows = self.collections().order_by("pk").values_list("pk", "title")
        titles = [(key, title.lower()) for key, title in rows]
        return [tuple(key for key, title in titles if part.lower() in title) for part in parts]

    def collections(self: Any) -> Any:
        return self.model._meta.get_field("collection").related_model.objects

    def _clone(self) -> Self:
        parent: Any = super()
        found = parent._clone()
        found.finding, found.names = self.finding, self.names
        return cast(Self, found)


def containing_on_mysql(part: str, collections: Sequence[int]) -> Q:
    texts = (has_on_mysql(name, part) for name in SEARCHED_TEXTS)
    # Not a join, which MariaDB may begin with the collections, out of the order of the list.
    return reduce(or_, (*texts, Q(collection__in=collections)))


def has_on_mysql(name: str, part: str) -> Q:
    # MariaDB's collations take one emoji for another; a sign has no case to ignore.
    lookup = "icontains" if any(map(str.isalnum, part)) else "contains"
    return Q(**{f"{name}__{lookup}": part})
