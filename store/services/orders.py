from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import F

from ..exceptions import (
    CartNotFound,
    EmptyCart,
    OrderIsPaid,
    OutOfStock,
    PaymentStatusConflict,
    Shortage,
)
from ..models import Cart, Order, OrderItem, Product, SalesVersion
from ..signals import order_created
from .carts import lock_cart
from .confirmations import queue_confirmation
from .customers import customer_of
from .transactions import atomic, run_last

PENDING, COMPLETE, FAILED = (
    Order.PAYMENT_STATUS_PENDING,
    Order.PAYMENT_STATUS_COMPLETE,
    Order.PAYMENT_STATUS_FAILED,
)
# From a payment status to those that may follow it. An order holds its stock in P and C, not in F.
TRANSITIONS: dict[str, set[str]] = {
    PENDING: {COMPLETE, FAILED},  # paid; cancelled, the stock goes back
    FAILED: {PENDING, COMPLETE},  # taken up again, if the stock still covers it
    COMPLETE: set(),
}


class PlacedOrder(NamedTuple):
    order: Order
    created: bool


@atomic
def place_order(*, cart_id: UUID, user_id: int) -> PlacedOrder:
    """Turn a cart into an order of the user; the same cart again finds the order it became.

    Raises CartNotFound, EmptyCart and OutOfStock; the cart and the stock are then as before.
    """
    try:
        cart = lock_cart(cart_id)
    except Cart.DoesNotExist as error:
        placed = Order.objects.filter(cart_uuid=cart_id, customer__user_id=user_id).first()
        if placed is None:
            raise CartNotFound from error
        return PlacedOrder(placed, created=False)
    # Read inside the lock: what another request adds comes before it or is refused after it.
    quantities = dict(cart.items.values_list("product_id", "quantity"))
    if not quantities:
        raise EmptyCart
    order = Order(customer=customer_of(user_id=user_id), cart_uuid=cart.pk)
    write_order(order=order, quantities=quantities)
    cart.delete()
    return PlacedOrder(order, created=True)


@atomic
def write_order(*, order: Order, quantities: Mapping[int, int]) -> None:
    """Take the stock (pieces by product id) and save a new order, its lines and the customer's mail.

    Raises OutOfStock.
    """
    products = take_stock(quantities)
    order.save(force_insert=True)
    items = OrderItem.objects.bulk_create(
        OrderItem(
            order=order,
            product=product,
            title=product.title,
            quantity=quantities[product.pk],
            unit_price=product.unit_price,
        )
        for product in products
    )
    queue_confirmation(order=order, items=items)
    transaction.on_commit(lambda: order_created.send_robust(sender=Order, order=order))
    run_last(SalesVersion.objects.renew)


@atomic
def change_payment_status(*, order: Order, payment_status: str, seen: str | None = None) -> Order:
    """Move an order along TRANSITIONS; its stock goes back on P->F and is taken again from F.

    Raises PaymentStatusConflict, also where the status is no longer the one seen, and OutOfStock.
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    previous = order.payment_status
    if payment_status == previous:
        return order
    if seen not in (None, previous):
        raise PaymentStatusConflict(
            f"The payment status has become {previous} meanwhile; read the order again."
        )
    if payment_status not in TRANSITIONS[previous]:
        raise PaymentStatusConflict(
            f"An order cannot go from payment status {previous} to {payment_status}."
        )
    if payment_status == FAILED:
        return_stock(quantities_of(order))
    elif previous == FAILED:
        take_stock(quantities_of(order))
    order.payment_status = payment_status
    order.save(update_fields=["payment_status"])
    run_last(SalesVersion.objects.renew)
    return order


@atomic
def delete_order(*, order: Order) -> None:
    """Delete an unpaid order and put back the stock it holds, or raise OrderIsPaid."""
    order = Order.objects.select_for_update().get(pk=order.pk)
    if order.payment_status == COMPLETE:
        raise OrderIsPaid
    if order.payment_status == PENDING:
        return_stock(quantities_of(order))
    order.items.all().delete()
    order.delete()
    run_last(SalesVersion.objects.renew)


def take_stock(quantities: Mapping[int, int]) -> list[Product]:
    """Lock the products and lower their stock, all or nothing; raises OutOfStock with every shortage."""
    products = list(Product.objects.locked().filter(pk__in=quantities))
    if shortages := _shortages(products, quantities):
        raise OutOfStock(shortages)
    for product in products:
        left = F("inventory") - quantities[product.pk]
        # The guard stands in the same statement, so that it holds even where a lock does not. Written
        # as a difference: for inventory >= n MariaDB may walk that index, and miss a row moving in it.
        rows = Product.objects.annotate(left=left).filter(pk=product.pk, left__gte=0)
        if not rows.update(inventory=left):
            raise OutOfStock([Shortage(product.pk, quantities[product.pk], product.inventory)])
    return products


def return_stock(quantities: Mapping[int, int]) -> None:
    for product in Product.objects.locked().filter(pk__in=quantities):
        Product.objects.filter(pk=product.pk).update(
            inventory=F("inventory") + quantities[product.pk]
        )


def quantities_of(order: Order) -> dict[int, int]:
    """Add up the order's pieces by product id."""
    quantities: dict[int, int] = {}
    for product_id, quantity in order.items.values_list("product_id", "quantity"):
        quantities[product_id] = quantities.get(product_id, 0) + quantity
    return quantities


def _shortages(products: Iterable[Product], quantities: Mapping[int, int]) -> list[Shortage]:
    # A product that was deleted meanwhile has none.
    available = {product.pk: product.inventory for product in products}
    return [
        Shortage(product_id, requested, available.get(product_id, 0))
        for product_id, requested in sorted(quantities.items())
        if requested > available.get(product_id, 0)
    ]
