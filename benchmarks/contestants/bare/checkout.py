"""A cart and its order in plain SQL: nothing is checked but the stock, in the statement that takes it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from benchmarks.connections import Database

PRICES = "SELECT id, unit_price, title FROM store_product WHERE id IN ({})"
TAKE = "UPDATE store_product SET inventory = inventory - ? WHERE id = ? AND inventory >= ?"
ORDER = "INSERT INTO store_order (placed_at, payment_status, customer_id, cart_uuid) VALUES (?, 'P', ?, ?)"
LINE = """
    INSERT INTO store_orderitem (order_id, product_id, quantity, unit_price, list_price, title)
    VALUES (?, ?, ?, ?, ?, ?)
"""


class SoldOut(Exception):
    """The stock does not cover a line."""


def now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(" ")


def create_cart(database: Database) -> dict[str, Any]:
    cart_id, moment = uuid4().hex, now()
    database.execute(
        "INSERT INTO store_cart (id, created_at, touched_at) VALUES (?, ?, ?)",
        cart_id,
        moment,
        moment,
    )
    return {"id": cart_id, "items": [], "total_price": 0}


def add_item(database: Database, cart_id: str, product_id: int, quantity: int) -> dict[str, Any]:
    item = database.execute(
        "INSERT INTO store_cartitem (cart_id, product_id, quantity) VALUES (?, ?, ?)",
        cart_id,
        product_id,
        quantity,
    )
    return {"id": item.lastrowid, "product_id": product_id, "quantity": quantity}


def place_order(database: Database, cart_id: str, customer_id: int) -> dict[str, Any]:
    """Turn a cart into an order, in one transaction; raises SoldOut."""
    with database.transaction():
        lines = database.rows(
            "SELECT product_id, quantity FROM store_cartitem WHERE cart_id = ? ORDER BY product_id",
            cart_id,
        )
        for product_id, quantity in lines:
            if not database.execute(TAKE, quantity, product_id, quantity).rowcount:
                raise SoldOut
        order_id = database.execute(ORDER, now(), customer_id, cart_id).lastrowid
        items = [add_line(database, order_id, *line) for line in with_prices(database, lines)]
        database.execute("DELETE FROM store_cartitem WHERE cart_id = ?", cart_id)
        database.execute("DELETE FROM store_cart WHERE id = ?", cart_id)
    return {"id": order_id, "customer": customer_id, "payment_status": "P", "items": items}


def with_prices(database: Database, lines: list[Any]) -> list[tuple[int, int, Decimal, str]]:
    keys = [product_id for product_id, _ in lines]
    rows = database.rows(PRICES.format(", ".join("?" * len(keys))), *keys)
    goods = {key: (price, title) for key, price, title in rows}
    return [(key, quantity, *goods[key]) for key, quantity in lines]


def add_line(
    database: Database, order_id: int, product_id: int, quantity: int, price: Any, title: str
) -> dict[str, Any]:
    values = (order_id, product_id, quantity, price, price, title)
    line_id = database.execute(LINE, *values).lastrowid
    product = {"id": product_id, "title": title, "unit_price": float(price)}
    return {"id": line_id, "product": product, "quantity": quantity, "unit_price": float(price)}
