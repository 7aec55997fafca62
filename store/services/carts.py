from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import (
    BigAutoField,
    BigIntegerField,
    Count,
    F,
    FilteredRelation,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
)
from django.utils import timezone

from ..compiled import compiled_delete, compiled_select, insert
from ..exceptions import ProductNotFound, QuantityTooLarge, TooManyLines
from ..models import MAX_QUANTITY, Cart, CartItem, Product
from .transactions import retrying_transaction

# Carts that one transaction deletes; a checkout may have to wait for it.
PURGED_AT_ONCE = 100


def lock_cart(cart_id: UUID, user_id: int | None) -> Cart:
    """Lock a cart that the user (None: a visitor) may use, or raise Cart.DoesNotExist.

    Every write to a cart and its checkout take this lock first, so that they come one after another.
    """
    cart: Cart | None = next(iter(cart_for_update.instances(cart_id=cart_id)), None)
    if cart is None or not cart.is_visible_to(user_id):
        raise Cart.DoesNotExist
    # Once a day is enough for the purge, and spares most writes a statement.
    if cart.touched_at < timezone.now() - timedelta(days=1):
        Cart.objects.filter(pk=cart_id).update(touched_at=timezone.now())
    return cart


@retrying_transaction
def add_to_cart(*, cart_id: UUID, user_id: int | None, product_id: int, quantity: int) -> CartItem:
    """Put pieces of a product into the cart, on top of those it holds.

    Raises Cart.DoesNotExist, ProductNotFound, QuantityTooLarge and TooManyLines.
    """
    cart = lock_cart(cart_id, user_id)
    if abs(product_id) > BigAutoField.MAX_BIGINT:
        raise ProductNotFound
    held = product_with_item.rows(cart_id=cart_id, product_id=product_id)
    if not held:
        raise ProductNotFound
    # Its quantity stays what was read: the lock of the cart was taken before.
    ((item_id, pieces, lines),) = held
    item = CartItem(pk=item_id, cart=cart, product_id=product_id, quantity=(pieces or 0) + quantity)
    if item.quantity > MAX_QUANTITY:
        raise QuantityTooLarge(MAX_QUANTITY)
    if item_id is None:
        if (lines or 0) >= settings.STORE_CART_LINES:
            raise TooManyLines(settings.STORE_CART_LINES)
        insert([item])
    elif not CartItem.objects.filter(pk=item_id).update(quantity=item.quantity):
        # It went with its product.
        raise ProductNotFound
    return item


@retrying_transaction
def change_quantity(*, item: CartItem, user_id: int | None, quantity: int) -> CartItem:
    """Set the quantity of a line; raises Cart.DoesNotExist or CartItem.DoesNotExist where it is gone."""
    lock_cart(item.cart_id, user_id)
    if not CartItem.objects.filter(pk=item.pk).update(quantity=quantity):
        raise CartItem.DoesNotExist
    item.quantity = quantity
    return item


@retrying_transaction
def remove_from_cart(*, item: CartItem, user_id: int | None) -> None:
    """Take a line out of its cart."""
    lock_cart(item.cart_id, user_id)
    CartItem.objects.filter(pk=item.pk).delete()


@retrying_transaction
def delete_cart(*, cart: Cart, user_id: int | None) -> None:
    """Delete a cart with its items; raises Cart.DoesNotExist where it is gone, or became an order."""
    lock_cart(cart.pk, user_id)
    delete_cart_rows(cart.pk)


@retrying_transaction
def claim_cart(*, cart_id: UUID, user_id: int) -> Cart:
    """Make a cart the user's own, with the items of the one they had; quantities add up.

    Nothing is held against the stock; again it changes nothing. Raises Cart.DoesNotExist, also for
    the cart of somebody else, QuantityTooLarge and TooManyLines.
    """
    lock_user(user_id)
    keys = {cart_id, *Cart.objects.filter(user=user_id).values_list("pk", flat=True)}
    # In key order, so that two claims do not meet head-on.
    own_carts = (
        Cart.objects.visible_to(user_id).select_for_update().filter(pk__in=keys).order_by("pk")
    )
    carts = {cart.pk: cart for cart in own_carts}
    if cart_id not in carts:
        raise Cart.DoesNotExist
    cart = carts.pop(cart_id)
    for other in carts.values():
        _move_items(other, cart)
        delete_cart_rows(other.pk)
    cart.user_id, cart.touched_at = user_id, timezone.now()
    cart.save(update_fields=["user", "touched_at"])
    return cart


@retrying_transaction
def own_cart(*, user_id: int) -> tuple[Cart, bool]:
    """Return the user's cart, made if there is none, and whether it was made."""
    lock_user(user_id)
    return Cart.objects.get_or_create(user_id=user_id)


def lock_user(user_id: int) -> None:
    """Lock a user's row, so that their claims come one after another and each finds the cart before it."""
    # Where the database has it, rows that refer to the user, such as those of an order, need not wait.
    no_key = connection.features.has_select_for_no_key_update
    get_user_model().objects.select_for_update(no_key=no_key).get(pk=user_id)


def _move_items(source: Cart, target: Cart) -> None:
    held = dict(target.items.values_list("product_id", "quantity"))
    for item in source.items.all():
        if held.get(item.product_id, 0) + item.quantity > MAX_QUANTITY:
            raise QuantityTooLarge(MAX_QUANTITY)
        if item.product_id in held:
            same = target.items.filter(product_id=item.product_id)
            same.update(quantity=F("quantity") + item.quantity)
        else:
            source.items.filter(pk=item.pk).update(cart=target)
    if target.items.count() > settings.STORE_CART_LINES:
        raise TooManyLines(settings.STORE_CART_LINES)


def purge_carts() -> int:
    """Delete the carts that nobody has touched for STORE_CART_LIFETIME; return how many."""
    since = timezone.now() - timedelta(days=settings.STORE_CART_LIFETIME)
    total, is_more = 0, True
    while is_more:
        deleted, is_more = _purge_some_carts(untouched_since=since)
        total += deleted
    return total


@retrying_transaction
def _purge_some_carts(*, untouched_since: datetime) -> tuple[int, bool]:
    """Look at up to PURGED_AT_ONCE carts; return how many were deleted, and whether there may be more."""
    old = Cart.objects.filter(touched_at__lt=untouched_since).order_by("touched_at", "pk")
    keys = list(old.values_list("pk", flat=True)[:PURGED_AT_ONCE])
    # In key order, so that two purges do not meet head-on. Once a lock is free, its cart may have become
    # an order, or be in use again.
    carts = Cart.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    stale = [cart.pk for cart in carts if cart.touched_at < untouched_since]
    Cart.objects.filter(pk__in=stale).delete()
    return len(stale), len(keys) == PURGED_AT_ONCE


def delete_cart_rows(cart_id: UUID) -> None:
    """Delete a cart and its items."""
    delete_items(cart_id=cart_id)
    delete_row(cart_id=cart_id)


@compiled_select(cart_id=UUIDField())
def cart_for_update(cart_id: Any) -> QuerySet[Cart]:
    return Cart.objects.select_for_update().filter(pk=cart_id).order_by()


@compiled_select(cart_id=UUIDField(), product_id=BigIntegerField())
def product_with_item(cart_id: Any, product_id: Any) -> QuerySet[Any, Any]:
    item = FilteredRelation("cartitems", condition=Q(cartitems__cart=cart_id))
    product = Product.objects.published().annotate(item=item).filter(pk=product_id).order_by()
    others = CartItem.objects.filter(cart=cart_id).order_by().values("cart")
    lines = Subquery(others.annotate(lines=Count("pk")).values("lines"))
    return product.values_list("item__id", "item__quantity", lines)


@compiled_select(cart_id=UUIDField())
def quantities_in(cart_id: Any) -> QuerySet[Any, Any]:
    """Select the product and the pieces of each item of a cart."""
    items = CartItem.objects.filter(cart=cart_id).order_by("pk")
    return items.values_list("product_id", "quantity")


@compiled_delete(cart_id=UUIDField())
def delete_items(cart_id: Any) -> QuerySet[CartItem]:
    return CartItem.objects.filter(cart=cart_id)


@compiled_delete(cart_id=UUIDField())
def delete_row(cart_id: Any) -> QuerySet[Cart]:
    return Cart.objects.filter(pk=cart_id)
