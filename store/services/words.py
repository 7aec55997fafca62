"""The words of the products, collected for what a misspelt one may mean."""

from collections import Counter

from django.db import connection

from ..fulltext import postgresql
from ..fulltext.plans import CAP
from ..fulltext.words import quick_words_of
from ..models import KnownWord, Product
from ..models.words import LONGEST
from ..typos import FEWEST_LETTERS, is_forgiven

# Products, and words, that are read or written at once.
CHUNK = 2000
# Numbers and short words matter where they are so common that MariaDB must not look them up.
COMMON = CAP // 10


def learn_words() -> int:
    """Make the known words those of the products and return how many there are."""
    found = words_of_products()
    known = dict(KnownWord.objects.order_by().values_list("text", "pk"))
    gone = [pk for text, pk in known.items() if text not in found]
    for start in range(0, len(gone), CHUNK):
        KnownWord.objects.filter(pk__in=gone[start : start + CHUNK]).delete()
    words = [
        KnownWord(pk=known.get(text), text=text, reversed=text[::-1], products=products)
        for text, products in found.items()
    ]
    new = (word for word in words if word.pk is None)
    # Another process may learn the same ones meanwhile.
    KnownWord.objects.bulk_create(new, CHUNK, ignore_conflicts=True)
    KnownWord.objects.bulk_update((word for word in words if word.pk), ["products"], CHUNK)
    return len(found)


def index_parts() -> bool:
    """Make the index of trigrams, where PostgreSQL has none yet; tell whether it did."""
    if connection.vendor != "postgresql" or postgresql.has_index_of_parts(connection):
        return False
    with connection.cursor() as cursor:
        for statement in postgresql.MAKE_PARTS:
            cursor.execute(statement)
    return True


def words_of_products() -> dict[str, int]:
    """Return in how many products each word is that may be meant, or that is common."""
    counts: Counter[str] = Counter()
    texts = Product.objects.order_by("pk").values_list("pk", "title", "description")
    last = 0
    while rows := texts.filter(pk__gt=last)[:CHUNK]:
        for _, title, description in rows:
            counts.update({*quick_words_of(f"{title} {description or ''}")})
        last = rows[len(rows) - 1][0]
    return {
        text: products
        for text, products in counts.items()
        if len(text) <= LONGEST and (products >= COMMON or may_be_meant(text))
    }


def may_be_meant(text: str) -> bool:
    # By a word that has a letter too many.
    return is_forgiven(f"{text}x") and len(text) >= FEWEST_LETTERS - 1
