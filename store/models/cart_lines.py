"""Carts and what they hold, by SQL that is compiled once, in as few queries as it takes."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import BigAutoField, BigIntegerField, FilteredRelation, Q

from .carts import Cart, CartItem
from .catalog import Product
from .prices import price_for
from .statements import Slot, Statement, Write

# In the order of the model's fields, as from_db() takes them.
SHOWN = ("id", "title", "unit_price", "inventory")
CART = ("id", "created_at", "touched_at", "user_id")
CART_ID = Slot("cart_id", Cart._meta.pk)
COLUMNS = ("user_id", "items__id", "items__quantity", *(f"items__product__{c}" for c in SHOWN))


def lines_of(
    *, cart_id: UUID, user_id: int | None, membership: str | None
) -> list[CartItem] | None:
    """Return the items of a cart priced for a membership; None where the user may not see the cart."""
    rows = cart_with_lines().rows(cart_id=cart_id)
    if not rows or not Cart(user_id=rows[0][0]).is_visible_to(user_id):
        return None
    lines = [line_of(cart_id, row) for row in rows if row[1] is not None]
    price_for([line.product for line in lines], membership)
    return lines


@lru_cache(maxsize=1)
def cart_with_lines() -> Statement:
    """Return what reads a cart by its id: a row for each item, and one for a cart without."""
    cart = Cart.objects.filter(pk=CART_ID).order_by("items__id")
    return Statement(cart.values_list(*COLUMNS))


def held_line(*, cart_id: UUID, product_id: int) -> tuple[int | None, int] | None:
    """Return the id and quantity of a product's item in a cart, (None, 0) without; None without product."""
    if abs(product_id) > BigAutoField.MAX_BIGINT:
        return None
    rows = product_with_line().rows(cart_id=cart_id, product_id=product_id)
    return (rows[0][0], rows[0][1] or 0) if rows else None


@lru_cache(maxsize=1)
def product_with_line() -> Statement:
    """Return what reads a product with its item in a cart."""
    line = FilteredRelation("cartitems", condition=Q(cartitems__cart=CART_ID))
    product_id = Slot("product_id", BigIntegerField())
    product = Product.objects.annotate(line=line).filter(pk=product_id).order_by()
    return Statement(product.values_list("line__id", "line__quantity"))


def locked_cart(cart_id: UUID) -> Cart:
    """Lock a cart's row until the transaction ends; raises Cart.DoesNotExist."""
    rows = cart_for_update().rows(cart_id=cart_id)
    if not rows:
        raise Cart.DoesNotExist
    return Cart.from_db(DEFAULT_DB_ALIAS, CART, rows[0])


@lru_cache(maxsize=1)
def cart_for_update() -> Statement:
    cart = Cart.objects.filter(pk=CART_ID).order_by()
    return Statement(cart.select_for_update().values_list(*CART))


def quantities_in(cart_id: UUID) -> dict[int, int]:
    """Return the pieces in a cart by product id."""
    rows: Any = quantities().rows(cart_id=cart_id)
    return dict(rows)


@lru_cache(maxsize=1)
def quantities() -> Statement:
    items = CartItem.objects.filter(cart=CART_ID).order_by("pk")
    return Statement(items.values_list("product_id", "quantity"))


def delete_cart_rows(cart_id: UUID) -> None:
    """Delete a cart and its items."""
    for write in cart_deletion():
        write.run(cart_id=cart_id)


@lru_cache(maxsize=1)
def cart_deletion() -> tuple[Write, Write]:
    items, cart = CartItem.objects.filter(cart=CART_ID), Cart.objects.filter(pk=CART_ID)
    return Write(items.order_by()), Write(cart.order_by())


def line_of(cart_id: UUID, row: Sequence[Any]) -> CartItem:
    _, pk, quantity, *shown = row
    # A column that is not shown would be loaded when it is asked for.
    product = Product.from_db(DEFAULT_DB_ALIAS, SHOWN, shown)
    return CartItem(pk=pk, cart_id=cart_id, product=product, quantity=quantity)
