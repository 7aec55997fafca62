"""What other apps say of products, which a search finds them by."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from django.conf import settings
from django.db.models import QuerySet

from storefront.supplied import supplied

from .fulltext import Word
from .models import Collection


class Labels(Protocol):
    """What STORE_PRODUCT_LABELS name: a kind of labels that products may have, such as tags."""

    def labels(self) -> Iterable[tuple[Any, str]]:
        """Return the key and the text of each label."""

    def products(self, keys: Sequence[Any]) -> QuerySet:
        """Return the ids of the products that have one of these labels."""


def product_labels() -> list[Labels]:
    """Return the labels of those apps that are installed."""
    return [labels() for labels in supplied(settings.STORE_PRODUCT_LABELS)]


class Places:
    """Where a word finds products beside their own texts: titles of collections and labels, read once."""

    def __init__(self) -> None:
        self.titles = [*Collection.objects.order_by("pk").values_list("pk", "title")]
        self.labels = [(each, [*each.labels()]) for each in product_labels()]

    def word(self, starts: tuple[str, ...], is_wanted: Callable[[str], bool]) -> Word:
        """Return what finds products with words that start so, or whose place has such a name."""
        collections = tuple(key for key, title in self.titles if is_wanted(title))
        others = []
        for each, labels in self.labels:
            keys = [key for key, text in labels if is_wanted(text)]
            others += [each.products(keys)] if keys else []
        return Word(starts, collections, tuple(others))
