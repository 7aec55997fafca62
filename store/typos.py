"""What a word with one mistake in it may mean, of the words that the shop has."""

from collections import Counter
from collections.abc import Iterable

from django.db.models import Q

from .fulltext.words import plain_words_of, quick_words_of
from .models import KnownWord, Product

# Letters of a word from which on a mistake in it is forgiven.
FEWEST_LETTERS = 5
# Words that one may mean, the most common first.
MEANINGS = 10
# Products whose words are looked at beside the known ones, the last changed first.
RECENT = 500


def is_forgiven(word: str) -> bool:
    """Tell whether a mistake in a word is forgiven: in a number it never is."""
    return len(word) >= FEWEST_LETTERS and word.isalpha()


def recent_words() -> set[str]:
    """Return the words of the products that were changed last."""
    changed = Product.objects.order_by("-last_update", "-id")
    texts = changed.values_list("title", "description")[:RECENT]
    return {
        word
        for title, description in texts
        for word in quick_words_of(f"{title} {description or ''}")
    }


def meanings(word: str, recent: Iterable[str]) -> tuple[str, ...]:
    """Return the words of products, or the starts of such, that differ from a word by one mistake."""
    typed = word.lower()
    whole: Counter[str] = Counter()
    starts: Counter[str] = Counter()
    for text, products in candidates(typed, recent):
        if is_near(typed, text):
            whole[text] += products
        elif start := near_start(typed, text):
            starts[start] += products
    return tuple(text for text, _ in (whole or starts).most_common(MEANINGS))


def has_near_word(label: str, word: str) -> bool:
    """Tell whether a word of a label, or the start of one, differs from a word by one mistake at most."""
    typed = word.lower()
    return any(is_near(typed, each) or near_start(typed, each) for each in plain_words_of(label))


def candidates(typed: str, recent: Iterable[str]) -> Iterable[tuple[str, int]]:
    # A mistake is in the one half or in the other; what changes places in the middle is in the latter.
    half = (len(typed) + 1) // 2
    begin, end = typed[: half - 1], typed[half:]
    known = Q(text__startswith=begin) | Q(reversed__startswith=end[::-1])
    yield from KnownWord.objects.filter(known).values_list("text", "products")
    yield from ((text, 0) for text in recent if text.startswith(begin) or text.endswith(end))


def near_start(typed: str, text: str) -> str:
    """Return the longest start of a text that differs from what was typed by one mistake; "" of another text."""
    lengths = (len(typed) + 1, len(typed), len(typed) - 1)
    return next(
        (
            text[:length]
            for length in lengths
            if length < len(text) and is_near(typed, text[:length])
        ),
        "",
    )


def is_near(one: str, other: str) -> bool:
    """Tell whether two words differ by a letter more, less or changed, or by two that changed places."""
    if abs(len(one) - len(other)) > 1:
        return False
    shorter = min(len(one), len(other))
    same = next((at for at in range(shorter) if one[at] != other[at]), shorter)
    one, other = one[same:], other[same:]
    if len(one) != len(other):
        return one[1:] == other or one == other[1:]
    swapped = one[:2] == other[:2][::-1] and one[2:] == other[2:]
    return one[1:] == other[1:] or swapped
