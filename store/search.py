from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django_filters import rest_framework as filters
from rest_framework.filters import search_smart_split

from .fulltext import words_of
from .models.catalog import ProductQuerySet

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
                "Finds the products of which words of the title or description start with each of "
                "these words, in any order and case: the best match first, unless `ordering` says "
                "otherwise. Letters and digits make words, all else separates them. Without any "
                f"word in it nothing is found. At most {MAX_LENGTH} characters and {MAX_WORDS} "
                "words. Accents matter on PostgreSQL; on SQLite and MySQL a plain letter finds an "
                "accented one and the other way round."
            ),
            max_length=MAX_LENGTH,
            validators=[validate_number_of_words],
        )

    def filter(self, queryset: ProductQuerySet, value: str) -> ProductQuerySet:
        return queryset.matching(words_of(value)) if value else queryset
