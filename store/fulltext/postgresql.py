import re
from collections.abc import Sequence
from string import punctuation
from typing import Any

from django.db import connections
from django.db.models import FloatField
from django.db.models.expressions import RawSQL

from .words import Word

Sql = tuple[str, list[Any]]

COLUMNS = ("{table}.title", "coalesce({table}.sku, '')", "coalesce({table}.description, '')")
# What separates words, as the generated column of migration 0020 has it.
SIGNS = punctuation
TITLE_MATCH = "to_tsvector('simple', translate({table}.title, %s, %s)) @@ to_tsquery('simple', %s)"
# As the index has it.
BETWEEN = "\x01"
ALL = f"upper({' || chr(1) || '.join(COLUMNS)})"
MAKE_PARTS = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX IF NOT EXISTS product_parts ON store_product "
    f"USING gin ({ALL.replace('{table}.', '')} gin_trgm_ops)",
)
# Databases that are known to have the index.
with_index_of_parts: set[str] = set()
# What pg_trgm finds in a text.
TRIGRAM = re.compile(r"[^\W_]{3}")


def has_words(words: Sequence[Word], is_common: bool, others: Sequence[Sql]) -> Sql:
    sql, params = query(words)
    found = f"{{table}}.words @@ ({sql})"
    # An array, unlike a subquery, is looked up in the key beside the index of words.
    more = [f" OR {{pk}} = ANY (ARRAY({other}))" for other, _ in others]
    return f"({found}{''.join(more)})", [*params, *(one for _, values in others for one in values)]


def has_title(words: Sequence[str], is_common: bool, others: Sequence[Sql]) -> Sql:
    # What weighs most is of the title, or the SKU: the index finds either, the title tells.
    indexed = " & ".join(f"'{word}':*A" for word in words)
    query = " & ".join(f"'{word}':*" for word in words)
    # The planner takes a CASE for true half the time, but a match without an index for a rare one.
    sql = (
        "({table}.words @@ to_tsquery('simple', %s) AND CASE WHEN {title} THEN TRUE ELSE FALSE END)"
    )
    return sql.replace("{title}", TITLE_MATCH), [indexed, SIGNS, " " * len(SIGNS), query]


def has_parts(
    wanted: Sequence[tuple[str, tuple[int, ...]]], is_common: bool, others: Sequence[Sql]
) -> Sql:
    found = [has_part(part, collections) for part, collections in wanted]
    return " AND ".join(sql for sql, _ in found), [one for _, params in found for one in params]


def has_part(part: str, collections: Sequence[int]) -> Sql:
    texts = [ALL] if BETWEEN not in part else [f"upper({column})" for column in COLUMNS]
    found = [f"{text} LIKE upper(%s)" for text in texts]
    if collections:
        found.append(f"{{table}}.collection_id IN ({', '.join(map(str, collections))})")
    return f"({' OR '.join(found)})", [f"%{escaped(part)}%"] * len(texts)


def is_indexed(part: str) -> bool:
    return bool(TRIGRAM.search(part))


def escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def query(words: Sequence[Word]) -> Sql:
    parts: list[str] = []
    params: list[str] = []
    for word in words:
        places = "".join(" || %s::tsquery" for _ in word.collections)
        parts.append(f"(to_tsquery('simple', %s){places})")
        params.append(" | ".join(f"'{start}':*" for start in word.starts))
        params += [f"'c:{key}'" for key in word.collections]
    return " && ".join(parts), params


def ranked(products: Any, words: Sequence[Word], name: str) -> Any:
    """Annotate how well each product matches; the higher the better."""
    sql, params = query(words)
    rank = RawSQL(f"ts_rank(store_product.words, {sql})", params, output_field=FloatField())
    return products.annotate(**{name: rank})


def finds_parts(using: str) -> bool:
    """Tell whether a database has the index of parts; that it has is asked once in a process."""
    if using not in with_index_of_parts and has_index_of_parts(connections[using]):
        with_index_of_parts.add(using)
    return using in with_index_of_parts


def has_index_of_parts(connection: Any) -> bool:
    """Tell whether there is an index of parts, for which a user may not have the extension."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('product_parts') IS NOT NULL")
        found: bool = cursor.fetchone()[0]
    return found
