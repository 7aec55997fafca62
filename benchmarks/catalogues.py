"""A catalogue of a million: the shop's own thousand products, once for each of a thousand makers."""

from itertools import product
from urllib.parse import urlsplit

from .connections import Database

FIRST = (
    "Ab Al Ash Bar Bel Bram Car Cor Dal Dor El Er Fen Fin Gar Glen Hal Hol Is Jor Kel Kes Lam Lind "
    "Mar Mer Nor Os Pel Quin Ros Sel Sol Tarn Ul Ven Wes"
)
LAST = (
    "beck berg brook bury by dale den din fell field ford gate ham holm ley low mere more nor "
    "rick sey stead ston thorpe ton wick worth"
)
# 999: the seeded products make it a thousand times a thousand.
MAKERS = [first + last for first, last in product(FIRST.split(), LAST.split())]

PRODUCTS = """
    INSERT INTO store_product
        (id, title, slug, description, unit_price, inventory, last_update, collection_id)
    SELECT product.id + maker.id * 1000, maker.name || ' ' || title, maker.slug || '-' || product.slug,
        description, unit_price, inventory, last_update, collection_id
    FROM store_product product CROSS JOIN bench_maker maker
    WHERE product.id <= 1000 AND maker.id BETWEEN ? AND ?
"""
IMAGES = """
    INSERT INTO store_productimage (product_id, image, alt, position, width, height, sizes)
    SELECT product_id + maker.id * 1000, image, alt, position, width, height, sizes
    FROM store_productimage image CROSS JOIN bench_maker maker
    WHERE product_id <= 1000 AND maker.id BETWEEN ? AND ?
"""
PROMOTIONS = """
    INSERT INTO store_product_promotions (product_id, promotion_id)
    SELECT product_id + maker.id * 1000, promotion_id
    FROM store_product_promotions link CROSS JOIN bench_maker maker
    WHERE product_id <= 1000 AND maker.id BETWEEN ? AND ?
"""
# What the servers do by themselves after a while; SQLite never does.
SETTLE = {
    "mariadb": "ANALYZE TABLE store_product, store_productimage",
    "postgresql": "VACUUM ANALYZE",
}
STEP = 100


def grow(database: str, url: str) -> int:
    """Multiply a seeded catalogue and return how many products there are; no shop may be running."""
    shop = Database(url)
    if database == "mariadb":
        shop.execute("SET SESSION sql_mode = 'PIPES_AS_CONCAT'")
    shop.execute("CREATE TABLE bench_maker (id INT, name VARCHAR(20), slug VARCHAR(20))")
    for number, name in enumerate(MAKERS, start=1):
        shop.execute("INSERT INTO bench_maker VALUES (?, ?, ?)", number, name, name.lower())
    for start in range(1, len(MAKERS) + 1, STEP):
        for statement in (PRODUCTS, IMAGES, PROMOTIONS):
            shop.execute(statement, start, start + STEP - 1)
    shop.execute("DROP TABLE bench_maker")
    if database in SETTLE:
        shop.execute(SETTLE[database])
    count: int = shop.value("SELECT COUNT(*) FROM store_product")
    shop.close()
    return count


# What each index of the search takes on the disk: a name and a number of bytes in each row.
SIZES = {
    "sqlite": """
        SELECT 'words', (SELECT SUM(LENGTH(block)) FROM store_product_words_data) UNION ALL
        SELECT 'parts', (SELECT SUM(LENGTH(block)) FROM store_product_parts_data) UNION ALL
        SELECT 'texts', (
            SELECT SUM(LENGTH(title) + LENGTH(COALESCE(description, ''))) FROM store_product_texts
        )
    """,
    "mysql": """
        SELECT 'words', SUM(file_size) FROM information_schema.innodb_sys_tablespaces
        WHERE LOCATE(CONCAT(DATABASE(), '/fts'), name) = 1
    """,
    "postgres": """
        SELECT 'words', pg_relation_size('product_words') UNION ALL
        SELECT 'parts', pg_relation_size('product_parts')
    """,
}


def index_sizes(url: str) -> list[tuple[str, int]]:
    """Return the name and the size in bytes of each index of the search."""
    shop = Database(url)
    rows = shop.rows(SIZES[urlsplit(url).scheme])
    shop.close()
    return [(name, int(size)) for name, size in rows]
