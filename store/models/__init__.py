"""The rows of the shop; other code imports them from here."""

from .campaigns import Campaign, CampaignRecipient
from .carts import MAX_QUANTITY, Cart, CartItem
from .catalog import Collection, Product, ProductImage, Promotion
from .customers import Address, Customer
from .orders import Order, OrderItem
from .reports import SalesVersion
from .reviews import Review

__all__ = [
    "MAX_QUANTITY",
    "Address",
    "Campaign",
    "CampaignRecipient",
    "Cart",
    "CartItem",
    "Collection",
    "Customer",
    "Order",
    "OrderItem",
    "Product",
    "ProductImage",
    "Promotion",
    "Review",
    "SalesVersion",
]
