from typing import Any

from django.urls import path
from rest_framework.routers import DefaultRouter
from rest_framework_nested.routers import NestedSimpleRouter

from storefront.converters import ANY_UUID

from .views import (
    AddressViewSet,
    CartItemViewSet,
    CartViewSet,
    CollectionViewSet,
    CustomerViewSet,
    OrderViewSet,
    PaymentViewSet,
    PaymentWebhookView,
    ProductImageViewSet,
    ProductViewSet,
    PromotionViewSet,
    ReportsRootView,
    ReportViewSet,
    ReviewViewSet,
    StoreRootView,
    development_checkout,
)


class StoreRouter(DefaultRouter):
    """With the shop's root; the suffix of a format is read before any route is looked up."""

    root_view_name = "store-root"
    include_format_suffixes = False
    APIRootView: Any = StoreRootView


# Path converters: an id that is no id never reaches a view.
router = StoreRouter(use_regex_path=False)
router.register("products", ProductViewSet, basename="product")
router.register("collections", CollectionViewSet, basename="collection")
router.register("promotions", PromotionViewSet, basename="promotion")
router.register("carts", CartViewSet, basename="cart")
router.register("customers/me/addresses", AddressViewSet, basename="address")
router.register("customers", CustomerViewSet, basename="customer")
router.register("orders", OrderViewSet, basename="order")
router.register("reports", ReportViewSet, basename="report")

products_router = NestedSimpleRouter(router, "products", lookup="product", use_regex_path=False)
products_router.register("reviews", ReviewViewSet, basename="product-review")
products_router.register("images", ProductImageViewSet, basename="product-image")

carts_router = NestedSimpleRouter(router, "carts", lookup="cart", use_regex_path=False)
carts_router.register("items", CartItemViewSet, basename="cart-item")

orders_router = NestedSimpleRouter(router, "orders", lookup="order", use_regex_path=False)
orders_router.register("payments", PaymentViewSet, basename="order-payment")

urlpatterns = [
    *router.urls,
    *products_router.urls,
    *carts_router.urls,
    *orders_router.urls,
    path("reports/", ReportsRootView.as_view(), name="report-list"),
    path("payments/webhook/", PaymentWebhookView.as_view(), name="payment-webhook"),
    path(
        f"payments/development/<{ANY_UUID}:key>/", development_checkout, name="development-checkout"
    ),
]
