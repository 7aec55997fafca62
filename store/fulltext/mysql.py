from collections.abc import Sequence
from typing import Any

from django.db import connections
from django.db.models import FloatField
from django.db.models.expressions import RawSQL

from .words import Word

Sql = tuple[str, list[Any]]

# What MySQL indexes of a word, less what the index appends to each.
LONGEST = 80
# Products that are read sooner than the index tells which of them have a common word, too; and how common that is.
FEW = 3000
COMMON = 10_000
BETWEEN_WORDS = r"[^\p{L}\p{N}\p{M}]+"
# The first pattern spares most titles the second one, which takes longer.
TITLE_LIKE = "{table}.title LIKE %s AND CONCAT(' ', REGEXP_REPLACE({table}.title, %s, ' ')) LIKE %s"
MATCH = "MATCH ({table}.words) AGAINST (%s IN BOOLEAN MODE)"


def has_words(words: Sequence[Word], is_common: bool, others: Sequence[Sql]) -> Sql:
    if is_common:
        return read_along(words, others)
    if not others:
        return MATCH, [query(words)]
    # A derived table: MariaDB would look into a bare union once for each product.
    match = MATCH.replace("{table}", "store_product")
    found = [f"SELECT id FROM store_product WHERE {match}", *(sql for sql, _ in others)]
    union = " UNION ".join(found)
    params = [query(words), *(value for _, values in others for value in values)]
    return f"{{pk}} IN (SELECT id FROM ({union}) AS found)", params


def has_title(words: Sequence[str], is_common: bool, others: Sequence[Sql]) -> Sql:
    # Not the words as they are indexed, but a column of the index in which the list is ordered.
    likes = [TITLE_LIKE] * len(words)
    found = [] if is_common else [MATCH]
    params = [] if is_common else [query([Word((word,)) for word in words])]
    for word in words:
        params += [f"%{escaped(word)}%", BETWEEN_WORDS, f"% {escaped(word)}%"]
    return f"({' AND '.join([*found, *likes])})", params


def escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def read_along(words: Sequence[Word], others: Sequence[Sql]) -> Sql:
    """Return the condition without the index, from which MySQL reads all before it gives the first."""
    conditions: list[str] = []
    params: list[Any] = []
    for word in words:
        patterns = [f"% {start[:LONGEST]}%" for start in word.starts]
        patterns += [rf"%\_c{key}\_%" for key in word.collections]
        like = ["CONCAT(' ', {table}.words) LIKE %s"] * len(patterns)
        params += patterns
        conditions.append(" OR ".join(like))
    more = [f"{{pk}} IN ({sql})" for sql, _ in others]
    joined = " AND ".join(f"({each})" for each in conditions)
    return f"({' OR '.join([joined, *more])})", [
        *params,
        *(value for _, values in others for value in values),
    ]


def query(words: Sequence[Word]) -> str:
    return " ".join(map(required, words))


def required(word: Word) -> str:
    starts = [f"{start[:LONGEST]}*" for start in word.starts]
    found = [*starts, *(f"_c{key}_" for key in word.collections)]
    return f"+{found[0]}" if len(found) == 1 else f"+({' '.join(found)})"


def ranked(products: Any, words: Sequence[Word], name: str) -> Any:
    """Annotate how well each product matches; the higher the better."""
    match = MATCH.replace("{table}", "store_product")
    return products.annotate(**{name: RawSQL(match, [query(words)], output_field=FloatField())})


def is_indexed(part: str) -> bool:
    return False


def frequencies(words: Sequence[Word], using: str) -> list[int]:
    """Return how many products each word finds, about; 10,001 of a collection are as good as all."""
    columns: list[str] = []
    params: list[str] = []
    for word in words:
        for start in word.starts:
            columns.append("(SELECT COALESCE(SUM(products), 0) FROM store_word WHERE text LIKE %s)")
            params.append(f"{start.lower()}%")
        for key in word.collections:
            columns.append(
                "(SELECT COUNT(*) FROM (SELECT 1 FROM store_product "
                f"WHERE collection_id = {key:d} LIMIT 10001) AS some)"
            )
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)}", params)
        counts = iter(cursor.fetchone())
    return [sum(int(next(counts)) for _ in (*word.starts, *word.collections)) for word in words]


def has_common(word: Word, products: int, using: str) -> bool:
    """Tell whether a single known word that starts so is in more products than this, about."""
    found = " OR ".join(["text LIKE %s"] * len(word.starts))
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM store_word WHERE products > %s AND ({found}) LIMIT 1",
            [products, *(f"{start.lower()}%" for start in word.starts)],
        )
        return cursor.fetchone() is not None


def divided(words: Sequence[Word], using: str) -> tuple[list[Word], list[Word]]:
    """Return the words to look up, the rarest first, and those to look for in what these find."""
    counts = frequencies(words, using)
    by_count = sorted(zip(counts, words, strict=True), key=lambda pair: pair[0])
    (fewest, rarest), *more = by_count
    if fewest > FEW and not (rarest.others and fewest <= COMMON):
        # InnoDB reads the less of the others, the fewer the first finds.
        return [word for _, word in by_count], []
    quick = [word for count, word in more if count <= COMMON and not word.others]
    return [rarest, *quick], [word for _, word in more if word not in quick]
