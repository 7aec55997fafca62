from collections import Counter
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..exceptions import OutOfStock, StoreError
from ..models import MAX_QUANTITY, OrderItem
from .amounts import amount_column
from .inlines import ReadOnlyInline

MAX_LINES = 10

LIST_PRICE, TAX = amount_column("list_price"), amount_column("tax")
PRICE_PAID, TOTAL = amount_column("unit_price", "price paid"), amount_column("total_with_tax")


class NewLinesFormSet(forms.BaseInlineFormSet):
    """The lines of a new order; one product in two lines adds up."""

    default_error_messages = {
        **forms.BaseInlineFormSet.default_error_messages,
        "too_few_forms": "An order has at least one line.",
        "too_many_forms": "An order has at most %(num)d lines.",
    }
    refusal: StoreError | None = None

    def quantities(self) -> Counter[int]:
        quantities: Counter[int] = Counter()
        for line in self.forms:
            if line.cleaned_data:
                quantities[line.cleaned_data["product"].pk] += line.cleaned_data["quantity"]
        return quantities

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        for product_id, quantity in self.quantities().items():
            if quantity > MAX_QUANTITY:
                self.add_line_error(product_id, f"At most {MAX_QUANTITY} pieces of one product.")
        if isinstance(self.refusal, OutOfStock):
            for shortage in self.refusal.shortages:
                self.add_line_error(shortage.product_id, f"Only {shortage.available} in stock.")

    def add_line_error(self, product_id: int, message: str) -> None:
        """Put the message on each line of the product."""
        for line in self.forms:
            if line.cleaned_data and line.cleaned_data["product"].pk == product_id:
                line.add_error("quantity", message)


class OrderItemInline(ReadOnlyInline):
    """Lines are written with the order and are history from then on."""

    model = OrderItem
    autocomplete_fields = ["product"]
    readonly_fields = ["ordered", LIST_PRICE, PRICE_PAID, TAX, TOTAL]
    min_num = 1
    max_num = MAX_LINES
    verbose_name = "line"
    verbose_name_plural = "lines"

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        if obj is None:
            return ["product", "quantity"]
        return ["ordered", LIST_PRICE, "promotion", PRICE_PAID, "quantity", TAX, TOTAL]

    def get_formset(self, request: Any, obj: Model | None = None, **kwargs: Any) -> Any:
        if obj is not None:
            return super().get_formset(request, obj, **kwargs)
        kwargs |= {"formset": NewLinesFormSet, "validate_min": True, "validate_max": True}
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.refusal = getattr(request, "refusal", None)
        return formset

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderItem]:
        return super().get_queryset(request).select_related("product")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is None and request.user.has_perm("store.add_order")

    @admin.display(description="product")
    def ordered(self, item: OrderItem) -> SafeString:
        """Link the product under the title it had when it was ordered."""
        url = reverse("admin:store_product_change", args=[item.product_id])
        return format_html('<a href="{}">{}</a>', url, item.title or item.product.title)
