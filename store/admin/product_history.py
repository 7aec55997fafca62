from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse

from ..models import Product
from ..money import displayed
from ..services.product_courses import course_of
from .charts import Chart, Point, series

# Movements that the page names.
SHOWN = 50


class ProductHistoryAdmin(admin.ModelAdmin):
    """Shows beside the changes of a product how its price and its stock went."""

    object_history_template = "admin/store/product_history.html"

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        product: Any = self.get_object(request, unquote(object_id))
        context: dict[str, Any] = {}
        if product is not None and self.has_view_permission(request, product):
            movements = product.stock_movements.select_related("order", "moved_by")
            context = {"courses": charts_of(product), "movements": movements[:SHOWN]}
        return super().history_view(request, object_id, {**context, **(extra_context or {})})


def charts_of(product: Product) -> list[Chart]:
    course = course_of(product=product)
    prices = [Point(f"{d.day:%b %d}", d.price, str(displayed(d.price))) for d in course]
    stocks = [Point(f"{d.day:%b %d}", Decimal(max(d.stock, 0)), str(d.stock)) for d in course]
    return [
        series(key="price", title="Price of the last 180 days", points=prices),
        series(key="stock", title="Stock of the last 180 days", points=stocks, whole=True),
    ]
