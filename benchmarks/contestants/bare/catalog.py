"""Products in plain SQL: as few statements, and as little Python, as the response allows."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from benchmarks.connections import Database, Row

from ..pictures import sizes_of

PAGE_SIZE = 10
CENT = Decimal("0.01")

COLUMNS = """
    SELECT id, title, description, slug, sku, inventory, unit_price, collection_id, last_update
    FROM store_product
"""
COUNT = "SELECT COUNT(*) FROM store_product"
PAGE = f"{COLUMNS} ORDER BY title, id LIMIT {PAGE_SIZE} OFFSET ?"
ONE = f"{COLUMNS} WHERE id = ?"
IMAGES = """
    SELECT product_id, id, image, alt, position, width, height, sizes
    FROM store_productimage WHERE product_id IN ({}) ORDER BY position, id
"""
PROMOTIONS = """
    SELECT link.product_id, promotion.id, promotion.description, discount, ends_at
    FROM store_promotion promotion
    JOIN store_product_promotions link ON link.promotion_id = promotion.id
    WHERE link.product_id IN ({}) AND memberships = ''
        AND (starts_at IS NOT NULL OR ends_at IS NOT NULL)
        AND (starts_at IS NULL OR starts_at <= ?) AND (ends_at IS NULL OR ends_at > ?)
    ORDER BY discount DESC, promotion.id
"""
RATINGS = """
    SELECT product_id, SUM(rating), COUNT(*) FROM store_review
    WHERE product_id IN ({}) AND rating IS NOT NULL AND is_approved GROUP BY product_id
"""
TAGS = """
    SELECT object_id, label FROM tags_taggeditem item JOIN tags_tag tag ON tag.id = tag_id
    WHERE object_id IN ({}) AND content_type_id =
        (SELECT id FROM django_content_type WHERE app_label = 'store' AND model = 'product')
    ORDER BY label, tag.id
"""


def list_products(database: Database, number: int, site: str) -> dict[str, Any]:
    count = database.value(COUNT)
    rows = database.rows(PAGE, (number - 1) * PAGE_SIZE)
    return {
        "count": count,
        "next": page_url(site, number + 1) if number * PAGE_SIZE < count else None,
        "previous": page_url(site, number - 1) if number > 1 else None,
        "results": describe(database, rows, site),
    }


def find_product(database: Database, product_id: int, site: str) -> dict[str, Any] | None:
    found = describe(database, database.rows(ONE, product_id), site)
    return found[0] if found else None


def page_url(site: str, number: int) -> str:
    return f"{site}/store/products/" + (f"?page={number}" if number > 1 else "")


def describe(database: Database, products: list[Row], site: str) -> list[dict[str, Any]]:
    if not products:
        return []
    keys = [row[0] for row in products]
    marks = ", ".join("?" * len(keys))
    images = group(database.rows(IMAGES.format(marks), *keys))
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    promotions = group(database.rows(PROMOTIONS.format(marks), *keys, now, now))
    ratings = group(database.rows(RATINGS.format(marks), *keys))
    tags = group(database.rows(TAGS.format(marks), *keys))
    return [
        {
            **product(row, promotions[row[0]]),
            **rating(ratings[row[0]]),
            "tags": [label for (label,) in tags[row[0]]],
            "images": [image(each, f"{site}/media/") for each in images[row[0]]],
        }
        for row in products
    ]


def group(rows: Iterable[Row]) -> defaultdict[Any, list[Row]]:
    groups: defaultdict[Any, list[Row]] = defaultdict(list)
    for key, *rest in rows:
        groups[key].append(tuple(rest))
    return groups


def product(row: Row, promotions: list[Row]) -> dict[str, Any]:
    key, title, description, slug, sku, inventory, price, collection, last_update = row
    best = promotions[0] if promotions else None
    cents = round(price * 100)
    own_price = reduced(cents, best[2]) if best else cents / 100
    return {
        "id": key,
        "title": title,
        "description": description,
        "slug": slug,
        "sku": sku,
        "inventory": inventory,
        "unit_price": cents / 100,
        "price_with_tax": with_tax(cents),
        "price": own_price,
        "promotion": promotion(best) if best else None,
        "final_price": with_tax(round(own_price * 100)),
        "currency": "USD",
        "collection": collection,
        "last_update": moment(last_update),
    }


def rating(rows: list[Row]) -> dict[str, Any]:
    total, number = map(int, rows[0]) if rows else (0, 0)
    # Rounded half-up to one decimal.
    average = (20 * total + number) // (2 * number) / 10 if number else None
    return {"rating_average": average, "rating_count": number}


def with_tax(cents: int) -> float:
    return (cents * 11 + 5) // 10 / 100


def moment(value: Any) -> str:
    return str(value).replace(" ", "T") + "Z"


def image(row: Row, media: str) -> dict[str, Any]:
    key, name, alt, position, width, height, sizes = row
    return {
        "id": key,
        "image": f"{media}{name}",
        "alt": alt,
        "position": position,
        "width": width,
        "height": height,
        "sizes": sizes_of(media, name, sizes),
    }


def reduced(cents: int, discount: float) -> float:
    price = Decimal(cents) / 100 * (1 - Decimal(str(discount)))
    return float(price.quantize(CENT, rounding=ROUND_HALF_UP))


def promotion(row: Row) -> dict[str, Any]:
    key, description, discount, ends_at = row
    ends = None if ends_at is None else moment(ends_at)
    return {"id": key, "description": description, "discount": discount, "ends_at": ends}
