"""What must be true of the shop's rows after whatever was done to them."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise

from store.models import Cart, Order, OrderItem, OrderStatusChange, Product
from store.services.order_status import COLUMNS, TRANSITIONS


def check_stock(start: Mapping[int, int]) -> None:
    """Look whether each product's pieces are in stock or held by an order that is not cancelled."""
    held = Counter[int]()
    lines = OrderItem.objects.exclude(order__status="cancelled")
    for product_id, quantity in lines.values_list("product_id", "quantity"):
        held[product_id] += quantity
    stock = dict(Product.objects.values_list("pk", "inventory"))
    assert min(stock.values()) >= 0
    assert {pk: pieces + held[pk] for pk, pieces in stock.items()} == start


def check_orders(totals: Mapping[int, Decimal]) -> None:
    """Look whether each order is whole, costs what it did, and is where its history says."""
    orders = list(Order.objects.with_items())
    assert {order.pk: order.total for order in orders} == totals
    assert set(OrderItem.objects.values_list("order_id", flat=True)) == set(totals)
    steps: dict[int, list[str | None]] = {order.pk: [None] for order in orders}
    for change in OrderStatusChange.objects.order_by("pk"):
        # Each step starts where the one before it ended.
        assert change.from_status == steps[change.order_id][-1]
        steps[change.order_id].append(change.to_status)
    for order in orders:
        assert order.total == order.subtotal + order.tax
        columns = {"payment_status": order.payment_status, "stage": order.stage}
        assert columns.items() <= COLUMNS[order.status].items()
        placed, first, *_ = steps[order.pk]
        assert (placed, first, steps[order.pk][-1]) == (None, "pending", order.status)
        for before, after in pairwise(steps[order.pk][1:]):
            assert after in TRANSITIONS[str(before)]


def check_carts() -> None:
    """Look whether a cart that became an order is gone, and no line is empty."""
    assert not Cart.objects.filter(pk__in=Order.objects.values("cart_uuid")).exists()
    assert not Cart.objects.filter(items__quantity__lt=1).exists()
