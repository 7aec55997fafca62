import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

ASCII_WORD = re.compile("[a-z0-9]+")


@dataclass(frozen=True)
class Word:
    """What one word of a search finds: products by their own words, by their collection, or by other tables."""

    # One of the product's words starts with one of these; each is of `words_of`.
    starts: tuple[str, ...]
    collections: tuple[int, ...] = ()
    # Querysets of the ids of more products.
    others: tuple[Any, ...] = ()


def words_of(text: str) -> list[str]:
    """Return the distinct words of a text: letters, digits and marks; all else separates."""
    kept = (char if unicodedata.category(char)[0] in "LNM" else " " for char in text)
    words = dict.fromkeys("".join(kept).split())
    return [word for word in words if any(map(str.isalnum, word))]


def quick_words_of(text: str) -> list[str]:
    """Return the words of a text in small letters, some of them again."""
    return ASCII_WORD.findall(text.lower()) if text.isascii() else words_of(text.lower())


# Titles of collections and labels of tags that are split once.
LABELS = 20_000


def plain(text: str) -> str:
    """Return a text in small letters, without marks above or below them."""
    if text.isascii():
        return text.lower()
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in split if not unicodedata.combining(char))


@lru_cache(LABELS)
def plain_words_of(label: str) -> tuple[str, ...]:
    return tuple(map(plain, words_of(label)))


def has_word(label: str, start: str) -> bool:
    """Tell whether a word of a label starts so, whatever the case and the accents."""
    wanted = plain(start)
    return any(word.startswith(wanted) for word in plain_words_of(label))
