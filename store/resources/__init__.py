"""Shapes of sheets: which columns the rows of the shop have there, and how a cell becomes a value."""

from .bases import SheetResource
from .collections import CollectionResource
from .customers import CustomerResource
from .orders import OrderResource
from .others import OTHERS
from .products import ProductResource, StockResource

__all__ = [
    "OTHERS",
    "CollectionResource",
    "CustomerResource",
    "OrderResource",
    "ProductResource",
    "SheetResource",
    "StockResource",
]
