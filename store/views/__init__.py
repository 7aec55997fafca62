"""The views of the shop; other code imports them from here."""

from .addresses import AddressViewSet
from .carts import CartItemViewSet, CartViewSet
from .catalog import (
    CollectionViewSet,
    ProductImageViewSet,
    ProductViewSet,
    PromotionViewSet,
)
from .customers import CustomerViewSet
from .orders import OrderViewSet
from .payments import PaymentViewSet, PaymentWebhookView, development_checkout
from .reports import ReportsRootView, ReportViewSet
from .reviews import ReviewViewSet
from .roots import RootView, StoreRootView
from .unsubscribe import UnsubscribeView

__all__ = [
    "AddressViewSet",
    "CartItemViewSet",
    "CartViewSet",
    "CollectionViewSet",
    "CustomerViewSet",
    "OrderViewSet",
    "PaymentViewSet",
    "PaymentWebhookView",
    "ProductImageViewSet",
    "ProductViewSet",
    "PromotionViewSet",
    "ReportViewSet",
    "ReportsRootView",
    "ReviewViewSet",
    "RootView",
    "StoreRootView",
    "development_checkout",
    "UnsubscribeView",
]
