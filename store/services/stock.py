from collections.abc import Iterable, Mapping

from django.db.models import F

from ..exceptions import OutOfStock, Shortage
from ..models import Order, Product
from ..models.stock import locked_products, take_pieces


def take_stock(quantities: Mapping[int, int]) -> list[Product]:
    """Lock the products and lower their stock, all or nothing; raises OutOfStock with every shortage."""
    products = locked_products(quantities)
    if shortages := _shortages(products, quantities):
        raise OutOfStock(shortages)
    for product in products:
        if not take_pieces(product.pk, quantities[product.pk]):
            raise OutOfStock([Shortage(product.pk, quantities[product.pk], product.inventory)])
    return products


def return_stock(quantities: Mapping[int, int]) -> None:
    """Put pieces back, by product id."""
    for product in locked_products(quantities):
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
