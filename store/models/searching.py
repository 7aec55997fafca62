"""What a list of products is searched for."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any, Self, cast

from django.db import connections
from django.db.models import Q

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
            found = self.filter(*map(self.containing_on_mysql, parts))
        else:
            found = self.filter(HasParts(tuple((part, self.titled(part)) for part in parts)))
        found.finding = self.finding._replace(parts=(*self.finding.parts, *parts))
        return found

    def containing_on_mysql(self: Any, part: str) -> Q:
        # MariaDB's collations take one emoji for another; a sign has no case to ignore.
        lookup = "icontains" if any(map(str.isalnum, part)) else "contains"
        texts = (Q(**{f"{name}__{lookup}": part}) for name in SEARCHED_TEXTS)
        # Not a join, which MariaDB may begin with the collections, out of the order of the list.
        named = self.collections().filter(**{f"title__{lookup}": part}).order_by()
        return reduce(or_, (*texts, Q(collection__in=[*named.values_list("pk", flat=True)])))

    def titled(self: Any, part: str) -> tuple[int, ...]:
        """Return the ids of the collections with a text in their title, whatever its case."""
        # Compared here, because SQLite ignores the case of ASCII alone.
        titles = self.collections().order_by("pk").values_list("pk", "title")
        return tuple(key for key, title in titles if part.lower() in title.lower())

    def collections(self: Any) -> Any:
        return self.model._meta.get_field("collection").related_model.objects

    def _clone(self) -> Self:
        parent: Any = super()
        found = parent._clone()
        found.finding, found.names = self.finding, self.names
        return cast(Self, found)
