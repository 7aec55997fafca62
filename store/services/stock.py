from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import BigIntegerField, F, QuerySet

from ..compiled import Many, compiled_select, compiled_update
from ..exceptions import OutOfStock, Shortage
from ..models import Order, Product, StockCause, StockMovement
from ..signals import stock_taking


def take_stock(quantities: Mapping[int, int]) -> list[Product]:
    """Lock the products and lower their stock, all or nothing; raises OutOfStock with every shortage."""
    products: list[Product] = locked_products.instances(product_ids=[*quantities])
    if shortages := _shortages(products, quantities):
        raise OutOfStock(shortages)
    for product in products:
        if not take_pieces(product_id=product.pk, pieces=quantities[product.pk]):
            raise OutOfStock([Shortage(product.pk, quantities[product.pk], product.inventory)])
    stock_taking.send(sender=Product, products=products, quantities=quantities)
    return products


def retake_stock(*, order: Order) -> None:
    """Take the pieces of an order that was cancelled again; raises OutOfStock."""
    take_stock(quantities_of(order))
    StockMovement.objects.record_order(order, StockCause.ORDER)


def return_stock(*, order: Order) -> None:
    """Put the pieces of an order back."""
    quantities = quantities_of(order)
    for product in locked_products.instances(product_ids=[*quantities]):
        put_back(product_id=product.pk, pieces=quantities[product.pk])
    StockMovement.objects.record_order(order, StockCause.CANCELLATION)


def quantities_of(order: Order) -> dict[int, int]:
    """Add up the order's pieces by product id."""
    quantities: dict[int, int] = {}
    for product_id, quantity in order.items.values_list("product_id", "quantity"):
        quantities[product_id] = quantities.get(product_id, 0) + quantity
    return quantities


def _shortages(products: Iterable[Product], quantities: Mapping[int, int]) -> list[Shortage]:
    # A product that was deleted meanwhile has none.
    available = {product.pk: product.sellable for product in products}
    return [
        Shortage(product_id, requested, available.get(product_id, 0))
        for product_id, requested in sorted(quantities.items())
        if requested > available.get(product_id, 0)
    ]


@compiled_select(product_ids=Many(BigIntegerField()))
def locked_products(product_ids: Any) -> QuerySet[Product]:
    # What an order needs to know. Another column would be loaded when it is asked for.
    columns = ("title", "slug", "unit_price", "inventory", "is_published", "low_stock_threshold")
    return Product.objects.locked().filter(pk__in=product_ids).only(*columns)


@compiled_update(product_id=BigIntegerField(), pieces=BigIntegerField())
def take_pieces(product_id: Any, pieces: Any) -> tuple[QuerySet[Product], dict[str, Any]]:
    left = F("inventory") - pieces
    # The guard stands in the same statement, so that it holds even where a lock does not. Written as a
    # difference: for inventory >= n MariaDB may walk that index, and miss a row moving in it.
    covered = Product.objects.annotate(left=left).filter(pk=product_id, left__gte=0)
    return covered, {"inventory": left}


@compiled_update(product_id=BigIntegerField(), pieces=BigIntegerField())
def put_back(product_id: Any, pieces: Any) -> tuple[QuerySet[Product], dict[str, Any]]:
    return Product.objects.filter(pk=product_id), {"inventory": F("inventory") + pieces}
