from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..models import Invoice
from .amounts import amount_column
from .lists import ReadOnlyAdmin, is_id

NET, TAX, TOTAL = (amount_column(name) for name in ("net", "tax", "total"))


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    """The books: whoever sees the orders sees them, and nobody changes them."""

    list_display = ["number", "kind", "issued_at", "order", "buyer_name", TOTAL, "currency", "pdf"]
    list_filter = ["kind", "issued_at"]
    list_select_related = ["order"]
    ordering = ["-issued_at", "-id"]
    sortable_by = ["issued_at"]
    search_fields = ["number", "order__id"]
    search_help_text = "How the number of the paper begins, or the number of its order."
    fields = [
        *("number", "kind", "issued_at", "order", "corrects"),
        *("buyer_name", "buyer_address", NET, TAX, TOTAL, "currency", "pdf"),
    ]
    readonly_fields = ["buyer_name", "buyer_address", NET, TAX, TOTAL, "pdf"]

    class Media:
        css = {"all": ["store/admin/shop.css"]}

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("store.view_order") or request.user.has_perm(
            "store.change_order"
        )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Invoice], search_term: str
    ) -> tuple[QuerySet[Invoice], bool]:
        for word in search_term.split():
            found = Q(number__istartswith=word)
            if is_id(word.removeprefix("#")):
                found |= Q(order__pk=word.removeprefix("#"))
            queryset = queryset.filter(found)
        return queryset, False

    @admin.display(description="buyer")
    def buyer_name(self, invoice: Invoice) -> str:
        return invoice.buyer["name"]

    @admin.display(description="address")
    def buyer_address(self, invoice: Invoice) -> str:
        return ", ".join(filter(None, invoice.buyer["address"].values())) or "–"

    @admin.display(description="PDF")
    def pdf(self, invoice: Any) -> SafeString:
        url = reverse("admin:store_order_invoice", args=[invoice.order_id])
        label = f"PDF of {invoice.number}"
        return format_html('<a href="{}" target="_blank" aria-label="{}">PDF</a>', url, label)
