import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import BigIntegerField, QuerySet
from django.utils import timezone

from ..compiled import compiled_select, insert
from ..exceptions import (
    AddressNotFound,
    CartChanged,
    CartNotFound,
    EmailUnverified,
    EmptyCart,
    OrderIsInvoiced,
    OrderIsPaid,
    TooManyUnpaid,
)
from ..loading import set_loaded
from ..models import (
    Address,
    Cart,
    Customer,
    IdempotencyKey,
    Order,
    OrderItem,
    OrderStatus,
    Product,
    StockCause,
    StockMovement,
)
from ..models.catalog import load_promotions
from ..models.versions import invalidate_sales
from ..money import summed, tax_on
from ..signals import order_created, order_deleting
from .carts import delete_cart_rows, lock_cart, quantities_in
from .customers import customer_of, lock_customer
from .idempotency import lock_key, reserve_key
from .order_mails import queue_confirmation
from .order_status import pay_free_order, record_status
from .stock import return_stock, take_stock
from .transactions import retrying_transaction, run_last


class PlacedOrder(NamedTuple):
    # With its lines.
    order: Order
    created: bool
    # Whether the order was placed by an earlier request under the same idempotency key.
    replayed: bool = False


def place_order(
    *,
    cart_id: UUID,
    user_id: int,
    idempotency_key: str | None = None,
    expected_total: Decimal | None = None,
    shipping_address: Mapping[str, str] | None = None,
    shipping_address_id: int | None = None,
) -> PlacedOrder:
    """Turn a cart into an order of the user; the same cart or key again finds the order it became.

    `expected_total` is what the customer was shown, with tax; the address is given by its fields, or
    by the id of one that the customer has stored. Raises KeyReused, KeyInFlight, CartNotFound, EmptyCart,
    EmailUnverified, TooManyUnpaid, OutOfStock, CartChanged and AddressNotFound; the cart and the stock are
    then as before.
    """
    request: dict[str, Any] = {
        "cart_id": cart_id,
        "expected_total": expected_total,
        "shipping_address": shipping_address,
        "shipping_address_id": shipping_address_id,
    }
    if idempotency_key is None:
        return _place_order(user_id=user_id, **request)
    reserved = reserve_key(
        user_id=user_id,
        key=idempotency_key,
        request=json.dumps(request, default=str, sort_keys=True),
    )
    return _place_under_key(reserved=reserved, user_id=user_id, **request)


@retrying_transaction
def _place_under_key(*, reserved: IdempotencyKey, **request: Any) -> PlacedOrder:
    key = lock_key(reserved)
    if key.order_id is not None:
        order = Order.objects.with_items().get(pk=key.order_id)
        return PlacedOrder(order, created=key.created_order, replayed=True)
    placed = _place_order(**request)
    key.order, key.created_order = placed.order, placed.created
    key.save(update_fields=["order", "created_order"])
    return placed


@retrying_transaction
def _place_order(
    *,
    cart_id: UUID,
    user_id: int,
    expected_total: Decimal | None,
    shipping_address: Mapping[str, str] | None,
    shipping_address_id: int | None,
) -> PlacedOrder:
    expires_at = end_of_payment_time()
    if expires_at:
        lock_customer(user_id=user_id)
    try:
        cart = lock_cart(cart_id, user_id)
    except Cart.DoesNotExist as error:
        orders = Order.objects.with_items()
        placed = orders.filter(cart_uuid=cart_id, customer__user_id=user_id).first()
        if placed is None:
            raise CartNotFound from error
        return PlacedOrder(placed, created=False)
    # Read inside the lock: what another request adds comes before it or is refused after it.
    quantities: dict[int, int] = dict(quantities_in.rows(cart_id=cart.pk))
    if not quantities:
        raise EmptyCart
    customer = customer_of(user_id=user_id)
    if settings.REQUIRE_VERIFIED_EMAIL and not customer.user.has_confirmed_email:
        raise EmailUnverified
    if expires_at:
        refuse_hoarding(customer)
    if shipping_address_id is not None:
        shipping_address = stored_address(customer, shipping_address_id)
    order = Order(customer=customer, cart_uuid=cart.pk, expires_at=expires_at)
    for name, value in (shipping_address or {}).items():
        setattr(order, f"shipping_{name}", value)
    # Not loaded: where the user is deleted at this moment, the foreign key refuses the order.
    by = get_user_model()(pk=user_id)
    write_order(order=order, quantities=quantities, by=by, expected_total=expected_total)
    delete_cart_rows(cart.pk)
    return PlacedOrder(order, created=True)


def end_of_payment_time() -> datetime | None:
    """Return until when the shop holds the stock of an order placed now; None: for as long as it takes."""
    if not (settings.STORE_PAYMENT_GATEWAY and settings.STORE_PAYMENT_TIMEOUT):
        # Nothing is due online, or there is no hurry.
        return None
    return timezone.now() + timedelta(minutes=settings.STORE_PAYMENT_TIMEOUT)


def refuse_hoarding(customer: Customer) -> None:
    """Raise TooManyUnpaid where a customer, whom the caller has locked, holds stock for nothing already."""
    if len(unpaid_orders.rows(customer_id=customer.pk)) >= settings.STORE_UNPAID_ORDERS:
        raise TooManyUnpaid(settings.STORE_UNPAID_ORDERS)


@compiled_select(customer_id=BigIntegerField())
def unpaid_orders(customer_id: Any) -> QuerySet[Any, Any]:
    expiring = Order.objects.expiring().filter(customer=customer_id)
    return expiring.order_by().values_list("pk")


def stored_address(customer: Customer, address_id: int) -> Mapping[str, str]:
    """Return the fields of one of the customer's addresses, or raise AddressNotFound."""
    fields = Address.objects.filter(customer=customer, pk=address_id).values(*Address.FIELDS)
    if not fields:
        raise AddressNotFound
    return fields[0]


@retrying_transaction
def write_order(
    *,
    order: Order,
    quantities: Mapping[int, int],
    by: Any = None,
    expected_total: Decimal | None = None,
) -> None:
    """Take the stock (pieces by product id) and save a new order, its lines, history and mail.

    The lines, at the prices of this moment for the order's customer, are loaded into the order; one
    that costs nothing is paid. Raises OutOfStock, and CartChanged where the total exceeds the one
    expected.
    """
    products = take_stock(quantities)
    # Read after the products are locked: a price that changes now changes before or after the order.
    load_promotions(products, order.customer.membership)
    lines = [new_line(order, product, quantities[product.pk]) for product in products]
    total = summed(line.total_with_tax for line in lines)
    if expected_total is not None and total > expected_total:
        raise CartChanged(total)
    insert([order])
    for line in lines:
        # It has a key now.
        line.order = order
    insert(lines)
    set_loaded(order, "items", lines)
    StockMovement.objects.record_order(order, StockCause.ORDER)
    record_status(order=order, previous=None, by=by)
    queue_confirmation(order=order, items=lines)
    if not total:
        pay_free_order(order=order)
    transaction.on_commit(lambda: order_created.send_robust(sender=Order, order=order))
    run_last(invalidate_sales)


def new_line(order: Order, product: Product, quantity: int) -> OrderItem:
    """Return a line, not saved, of pieces at the price that the product was loaded with."""
    return OrderItem(
        order=order,
        product=product,
        title=product.title,
        quantity=quantity,
        unit_price=product.price,
        list_price=product.unit_price,
        tax=quantity * tax_on(product.price),
        promotion=product.promotion.description if product.promotion else None,
    )


@retrying_transaction
def delete_order(*, order: Order) -> None:
    """Delete an unpaid order and put back the stock it holds; raises OrderIsPaid and OrderIsInvoiced."""
    order = Order.objects.select_for_update().get(pk=order.pk)
    if order.payment_status == Order.PAYMENT_STATUS_COMPLETE:
        raise OrderIsPaid
    if order.invoices.exists():
        raise OrderIsInvoiced
    if order.status == OrderStatus.PENDING:
        return_stock(order=order)
    order_deleting.send(sender=Order, order=order)
    order.items.all().delete()
    order.delete()
    run_last(invalidate_sales)
