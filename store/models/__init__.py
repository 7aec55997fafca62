"""The rows of the shop; other code imports them from here."""

from .campaigns import Campaign, CampaignRecipient
from .carts import MAX_QUANTITY, Cart, CartItem
from .catalog import Collection, Product
from .customers import Address, Customer, MarketingConsent
from .idempotency import IdempotencyKey
from .images import ProductImage
from .imports import ImportKind, ImportPiece, ImportRow, ImportRun, ImportState
from .invoices import Invoice, InvoiceCounter, InvoiceKind
from .order_corrections import AddressChange, OrderNote, TrackingChange
from .order_steps import OrderStatusChange
from .orders import Order, OrderItem, OrderStatus
from .payments import Payment, PaymentEvent, PaymentStatus
from .promotions import Promotion
from .reviews import Review
from .stock import LowStockNotice
from .stock_movements import StockCause, StockMovement
from .versions import Version
from .words import KnownWord

__all__ = [
    "MAX_QUANTITY",
    "Address",
    "AddressChange",
    "Campaign",
    "CampaignRecipient",
    "Cart",
    "CartItem",
    "Collection",
    "Customer",
    "IdempotencyKey",
    "ImportKind",
    "ImportPiece",
    "ImportRow",
    "ImportRun",
    "ImportState",
    "Invoice",
    "InvoiceCounter",
    "InvoiceKind",
    "KnownWord",
    "LowStockNotice",
    "MarketingConsent",
    "Order",
    "OrderItem",
    "OrderNote",
    "OrderStatus",
    "OrderStatusChange",
    "Payment",
    "PaymentEvent",
    "PaymentStatus",
    "Product",
    "ProductImage",
    "Promotion",
    "Review",
    "StockCause",
    "StockMovement",
    "TrackingChange",
    "Version",
]
