"""What other systems are told of the shop: its signals inside a transaction become events of the webhooks."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, prefetch_related_objects

from store.models import Order, OrderStatus, OrderStatusChange, Product, Promotion
from store.models.catalog import ProductQuerySet
from webhooks.services.events import Data, is_wanted, record_events

PRODUCT_CHANGED, STOCK_LOW, ORDER_DELETED = "product.changed", "stock.low", "order.deleted"
# By the status that an order gets; one that is pending again was cancelled before.
ORDER_EVENTS = {
    OrderStatus.PENDING: "order.reopened",
    OrderStatus.PAID: "order.paid",
    OrderStatus.SHIPPED: "order.shipped",
    OrderStatus.DELIVERED: "order.delivered",
    OrderStatus.CANCELLED: "order.cancelled",
    OrderStatus.REFUNDED: "order.refunded",
}
EVENT_TYPES = {
    "order.placed": "an order was placed",
    "order.paid": "an order was paid, or staff have marked it so",
    "order.shipped": "an order has left",
    "order.delivered": "an order has arrived",
    "order.cancelled": "an order was cancelled, by whomever",
    "order.refunded": "the money for an order goes back",
    "order.reopened": "a cancelled order was taken up again",
    ORDER_DELETED: "an unpaid order was deleted",
    PRODUCT_CHANGED: "products were added, changed or deleted",
    STOCK_LOW: "the stock of a product has fallen below its threshold",
}
# By which a stock may become low.
STOCK_FIELDS = {"inventory", "low_stock_threshold"}
# Products that one event names: whoever changes a whole catalogue sends as few as can be.
MOST_PRODUCTS = 500


def tell_of_order(order: Order, change: OrderStatusChange, **kwargs: Any) -> None:
    """Record that an order was placed or has gone a step."""
    is_new = change.from_status is None
    event_type = "order.placed" if is_new else ORDER_EVENTS[OrderStatus(change.to_status)]
    record_events(
        event_type=event_type,
        data=lambda: [order_data(order) | {"previous_status": change.from_status}],
    )


def tell_of_deletion(order: Order, **kwargs: Any) -> None:
    """Record that an order is deleted."""
    record_events(event_type=ORDER_DELETED, data=lambda: [order_data(order)])


def order_data(order: Order) -> Data:
    """Return what is told of an order: nothing of the person, whom the API tells to those who may know."""
    prefetch_related_objects([order], "items")
    return {
        "id": order.pk,
        "status": order.status,
        "placed_at": order.placed_at,
        "total": order.total,
        "currency": settings.STORE_CURRENCY,
        "items": [
            {
                "product_id": item.product_id,
                "quantity": item.quantity,
                "unit_price": item.unit_price,
            }
            for item in order.items.all()
        ],
    }


def tell_of_products(
    rows: QuerySet[Product], action: str, fields: Collection[str], **kwargs: Any
) -> None:
    """Record which products are changed, and in what; of the stock alone, stock.low tells."""
    if action == "updated" and {*fields} == {"inventory"}:
        return
    names = sorted(fields) if action == "updated" else []
    record_events(
        event_type=PRODUCT_CHANGED,
        data=lambda: [
            {"action": action, "ids": ids, "fields": names} for ids in chunks(locked_keys(rows))
        ],
    )


def locked_keys(rows: QuerySet[Product]) -> list[int]:
    # In the order in which every other locks them. By their keys: rows that are distinct or grouped take no lock.
    found = Product.objects.filter(pk__in=rows.order_by().values("pk"))
    return list(found.locked().values_list("pk", flat=True))


def chunks(keys: list[int]) -> Iterator[list[int]]:
    return (keys[at : at + MOST_PRODUCTS] for at in range(0, len(keys), MOST_PRODUCTS))


def tell_of_promotion(
    instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **kwargs: Any
) -> None:
    """Record which products get or lose a promotion."""
    if action not in ("post_add", "post_remove", "pre_clear"):
        return

    def keys() -> list[int]:
        if not reverse:
            return [instance.pk]
        return sorted(instance.products.values_list("pk", flat=True) if pk_set is None else pk_set)

    if pk_set is None or pk_set:
        tell_of_promoted(keys)


def tell_of_deleted_promotion(instance: Promotion, **kwargs: Any) -> None:
    """Record which products lose a promotion that is deleted."""
    tell_of_promoted(
        lambda: list(instance.products.order_by("pk").values_list("pk", flat=True)),
    )


def tell_of_promoted(keys: Callable[[], list[int]]) -> None:
    record_events(
        event_type=PRODUCT_CHANGED,
        data=lambda: [
            {"action": "updated", "ids": ids, "fields": ["promotions"]} for ids in chunks(keys())
        ],
    )


def watch_stock(
    rows: ProductQuerySet, action: str, fields: Collection[str], **kwargs: Any
) -> Callable[[], None] | None:
    """Look before a write which stock is not low, and tell after it of what has become so."""
    if action != "updated" or STOCK_FIELDS.isdisjoint(fields) or not is_wanted(STOCK_LOW):
        return None
    # Asked once the rows are locked: a statement that waits for a lock may know the stock of before its wait.
    locked = Product.objects.filter(pk__in=locked_keys(rows))
    before = list(locked.well_stocked().order_by("pk").values_list("pk", flat=True))
    return lambda: tell_of_low_stock(before)


def tell_of_taken_stock(
    products: Collection[Product], quantities: Mapping[int, int], **kwargs: Any
) -> None:
    """Record whose stock an order has brought below its threshold."""
    tell_of_low_stock(
        [
            product.pk
            for product in products
            if product.inventory
            >= product.low_threshold
            > product.inventory - quantities[product.pk]
        ]
    )


def tell_of_low_stock(keys: list[int]) -> None:
    """Record an event for each of these products, whose stock was not low, that is low now."""
    for some in chunks(keys):
        record_events(event_type=STOCK_LOW, data=partial(stock_data, some))


def stock_data(keys: list[int]) -> list[Data]:
    low = Product.objects.filter(pk__in=keys).low_on_stock().order_by("pk")
    return [
        {
            "product_id": product.pk,
            "sku": product.sku,
            "title": product.title,
            "inventory": product.inventory,
            "threshold": product.low_threshold,
        }
        for product in low.only("sku", "title", "inventory", "low_stock_threshold")
    ]
