from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from ..exceptions import ProductNotFound, QuantityTooLarge
from ..models import MAX_QUANTITY, Cart, CartItem, Product
from .transactions import atomic

# Carts that one transaction deletes; a checkout may have to wait for it.
PURGED_AT_ONCE = 100


def lock_cart(cart_id: UUID) -> Cart:
    """Lock the cart for this transaction, or raise Cart.DoesNotExist.

    Every write to a cart and its checkout take this lock first, so that they come one after another.
    """
    cart = Cart.objects.select_for_update().get(pk=cart_id)
    # Once a day is enough for the purge, and spares most writes a statement.
    if cart.touched_at < timezone.now() - timedelta(days=1):
        Cart.objects.filter(pk=cart_id).update(touched_at=timezone.now())
    return cart


@atomic
def add_to_cart(*, cart_id: UUID, product_id: int, quantity: int) -> CartItem:
    """Put pieces of a product into the cart, on top of those it holds.

    Raises Cart.DoesNotExist, ProductNotFound and QuantityTooLarge.
    """
    cart = lock_cart(cart_id)
    if not Product.objects.filter(pk=product_id).exists():
        raise ProductNotFound
    items = CartItem.objects.filter(cart=cart, product_id=product_id)
    if items.filter(quantity__lte=MAX_QUANTITY - quantity).update(
        quantity=F("quantity") + quantity
    ):
        return items.get()
    if items.exists():
        raise QuantityTooLarge(MAX_QUANTITY)
    return CartItem.objects.create(cart=cart, product_id=product_id, quantity=quantity)


@atomic
def change_quantity(*, item: CartItem, quantity: int) -> CartItem:
    """Set the quantity of a line; raises Cart.DoesNotExist or CartItem.DoesNotExist where it is gone."""
    lock_cart(item.cart_id)
    item = CartItem.objects.get(pk=item.pk)
    item.quantity = quantity
    item.save(update_fields=["quantity"])
    return item


@atomic
def remove_from_cart(*, item: CartItem) -> None:
    """Take a line out of its cart."""
    lock_cart(item.cart_id)
    CartItem.objects.filter(pk=item.pk).delete()


@atomic
def delete_cart(*, cart: Cart) -> None:
    """Delete a cart with its items; raises Cart.DoesNotExist where it is gone, or became an order."""
    lock_cart(cart.pk).delete()


@atomic
def purge_carts(*, untouched_since: datetime) -> int:
    """Look at up to PURGED_AT_ONCE carts that nobody has touched since then, and delete them.

    Returns how many there were.
    """
    old = Cart.objects.filter(touched_at__lt=untouched_since).order_by("touched_at", "pk")
    keys = list(old.values_list("pk", flat=True)[:PURGED_AT_ONCE])
    # In key order, so that two purges do not meet head-on. Once a lock is free, its cart may have become
    # an order, or be in use again.
    carts = Cart.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    stale = [cart.pk for cart in carts if cart.touched_at < untouched_since]
    Cart.objects.filter(pk__in=stale).delete()
    return len(keys)
