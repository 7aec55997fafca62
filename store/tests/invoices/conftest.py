from collections.abc import Callable
from typing import Any

import pytest

from store.models import Customer, Order, Product
from store.services.orders import write_order

ADDRESS = {"shipping_street": "1 High St", "shipping_city": "Ely", "shipping_zip": "CB7"}


@pytest.fixture
def make_order(customer: Customer, make_product: Callable[..., Product]) -> Callable[..., Order]:
    """Place an order of pieces by product, of two teapots unless told; fields go to the order."""

    def make_order(quantities: dict[Product, int] | None = None, **fields: Any) -> Order:
        if quantities is None:
            quantities = {make_product(title="Teapot", sku=None): 2}
        order = Order(customer=customer, **{**ADDRESS, **fields})
        write_order(order=order, quantities={each.pk: n for each, n in quantities.items()})
        return order

    return make_order


@pytest.fixture
def order(make_order: Callable[..., Order]) -> Order:
    """An unpaid order of two teapots at 10.00."""
    return make_order()
