from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from django.db.models import FloatField
from django.db.models.expressions import RawSQL

from .words import Word

Sql = tuple[str, list[Any]]

TEXTS = ("title", "sku", "description")
# What the index of parts is made of.
PART = 3


def has_words(words: Sequence[Word], is_common: bool, others: Sequence[Sql]) -> Sql:
    found = "SELECT rowid FROM store_product_words WHERE store_product_words MATCH %s"
    # Within parentheses, as a subquery comes, SQLite takes none for a part of a union.
    more = [f" UNION ALL SELECT * FROM {sql}" for sql, _ in others]
    params = [query(words), *(value for _, values in others for value in values)]
    return f"{among(is_common)} ({found}{''.join(more)})", params


def has_title(words: Sequence[str], is_common: bool, others: Sequence[Sql]) -> Sql:
    found = "SELECT rowid FROM store_product_words WHERE store_product_words MATCH %s"
    return f"{among(is_common)} ({found})", [query([Word((word,)) for word in words], "title")]


def has_parts(
    wanted: Sequence[tuple[str, tuple[int, ...]]], is_common: bool, others: Sequence[Sql]
) -> Sql:
    together = [part for part, collections in wanted if is_indexed(part) and not collections]
    found = [in_parts(together, is_common)] if together else []
    for part, collections in wanted:
        if not is_indexed(part):
            found.append(in_texts(part, collections))
        elif collections:
            found.append(in_parts([part], is_common, collections))
    return " AND ".join(sql for sql, _ in found), [one for _, params in found for one in params]


def in_parts(parts: Sequence[str], is_common: bool, collections: Sequence[int] = ()) -> Sql:
    found = "SELECT rowid FROM store_product_parts WHERE store_product_parts MATCH %s"
    placed = f"SELECT id FROM store_product WHERE {among_collections(collections)}"
    more = f" UNION ALL {placed}" if collections else ""
    return f"{among(is_common)} ({found}{more})", [query_of_parts(parts)]


def in_texts(part: str, collections: Sequence[int]) -> Sql:
    patterns = [f"%{escaped(spelling)}%" for spelling in spellings(part)]
    like = [rf"{{table}}.{column} LIKE %s ESCAPE '\'" for column in TEXTS for _ in patterns]
    placed = [f"{{table}}.{among_collections(collections)}"] if collections else []
    return f"({' OR '.join([*like, *placed])})", patterns * len(TEXTS)


def among_collections(collections: Sequence[int]) -> str:
    return f"collection_id IN ({', '.join(map(str, collections))})"


def query_of_parts(parts: Sequence[str]) -> str:
    return " AND ".join(map(quoted, parts))


def is_indexed(part: str) -> bool:
    return len(part) >= PART


def among(is_common: bool) -> str:
    # With the sign, SQLite does not look the products up one by one, but walks along the order that is asked for.
    return "+{pk} IN" if is_common else "{pk} IN"


def query(words: Iterable[Word], columns: str = "title sku description") -> str:
    return " AND ".join(alternatives(word, columns) for word in words)


def alternatives(word: Word, columns: str) -> str:
    starts = " OR ".join(f"{quoted(start)} *" for start in word.starts)
    places = [f'collection : "{key}"' for key in word.collections]
    return f"({' OR '.join([f'{{{columns}}} : ({starts})', *places])})"


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def spellings(part: str) -> list[str]:
    """Return a short text in each case, as LIKE ignores that of ASCII alone."""
    cases = [dict.fromkeys((char, char.lower(), char.upper())) for char in part]
    found = {"".join(chars) for chars in product(*cases)}
    return sorted(text for text in found if len(text) == len(part))


def escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def ranked(products: Any, words: Sequence[Word], name: str) -> Any:
    """Annotate how well each product matches; the higher the better."""
    if any(word.others for word in words):
        # The index tells no rank of what it does not find.
        found = "SELECT rowid FROM store_product_words WHERE store_product_words MATCH %s"
        titled = [query(words, "title sku")]
        rank = RawSQL(f"store_product.id IN ({found})", titled, output_field=FloatField())
        return products.annotate(**{name: rank})
    # The lower the better; a word of the title or the SKU counts for ten.
    rank = RawSQL("-bm25(store_product_words, 10, 10, 1, 1)", [], output_field=FloatField())
    return joined(products, "store_product_words", query(words)).annotate(**{name: rank})


def joined(products: Any, index: str, query: str) -> Any:
    """Keep the products that an index finds, read from it one by one and with their rank."""
    # Nothing else in Django joins a table without a model.
    where = [f"{index}.rowid = store_product.id", f"{index} MATCH %s"]
    return products.extra(tables=[index], where=where, params=[query])
