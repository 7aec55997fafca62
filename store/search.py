from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import connections
from django_filters import rest_framework as filters
from rest_framework.filters import search_smart_split

from .fulltext import Word, words_of
from .fulltext.plans import CAP, finds_any
from .fulltext.words import has_word
from .labels import Places
from .models.catalog import ProductQuerySet
from .search_limits import time_limit
from .typos import has_near_word, is_forgiven, meanings, recent_words

MAX_LENGTH = 255
# A database reads its index once for each.
MAX_WORDS = 20


def terms_of(text: str) -> list[str]:
    """Return the words of a text, and what stands in quotation marks as it is."""
    # Its stubs ask for what it does not take.
    return search_smart_split(cast(Any, text))


def validate_number_of_words(text: str) -> None:
    if len(words_of(text)) > MAX_WORDS:
        raise ValidationError(f"Ensure this value has at most {MAX_WORDS} words.")


class WordsField(forms.CharField):
    """Text of which only the words matter; NUL separates them as any other sign does."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\0", " ")


class WordsFilter(filters.CharFilter):
    """Products with words that start with those of a text."""

    field_class = WordsField

    def __init__(self) -> None:
        super().__init__(
            label="Starts of words",
            help_text=(
                "Finds the products of which words of the title, the SKU, the description, the "
                "title of the collection or the tags start with each of these words, in any order "
                "and case: the best match first, unless `ordering` says otherwise or more than "
                f"{CAP:,} match. Letters and digits make words, all else separates them. A word of "
                "five letters or more that nothing starts with finds what differs from it by one "
                "letter more, less, changed or exchanged with the next. Without any word in it "
                f"nothing is found. At most {MAX_LENGTH} characters and {MAX_WORDS} words. Accents "
                "of products matter on PostgreSQL; on SQLite and MySQL a plain letter finds an "
                "accented one and the other way round."
            ),
            max_length=MAX_LENGTH,
            validators=[validate_number_of_words],
        )

    def filter(self, queryset: ProductQuerySet, value: str) -> ProductQuerySet:
        if not value:
            return queryset
        # Of all the products that there are to see, whatever else is asked of them.
        every: Any = self.parent.queryset
        is_bounded = connections[every.db].vendor == "mysql"
        with time_limit(every.db) if is_bounded else nullcontext():
            found = wanted(every, words_of(value))
        return queryset.matching(found)


def wanted(every: ProductQuerySet, words: Sequence[str]) -> list[Word]:
    """Return what to look for: each word as it is, or what it may mean where it finds nothing."""
    places = Places()
    found = [exactly(word, places) for word in words]
    if not any(map(is_forgiven, words)) or finds_any(every.matching(found)):
        return found
    recent = recent_words()
    return [
        forgiven(word, places, recent)
        if is_forgiven(word) and not finds_any(every.matching([exact]))
        else exact
        for word, exact in zip(words, found, strict=True)
    ]


def exactly(word: str, places: Places) -> Word:
    return places.word((word,), lambda label: has_word(label, word))


def forgiven(word: str, places: Places, recent: set[str]) -> Word:
    starts = (word, *meanings(word, recent))
    return places.word(starts, lambda label: has_near_word(label, word))
