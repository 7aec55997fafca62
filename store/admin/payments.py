from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..models import Payment, PaymentEvent
from .amounts import amount_column
from .exports import ExportingAdmin
from .inlines import ReadOnlyInline
from .lists import ReadOnlyAdmin, is_id

AMOUNT = amount_column("amount")


class PaymentEventInline(ReadOnlyInline):
    """What the gateway sent about the payment, newest first."""

    model = PaymentEvent
    fields = ["received_at", "kind", "outcome", "event_id", "payload_details"]
    readonly_fields = ["payload_details"]
    verbose_name = "event"
    verbose_name_plural = "events"

    @admin.display(description="payload")
    def payload_details(self, event: PaymentEvent) -> SafeString:
        return payload_details(event)


@admin.register(Payment)
class PaymentAdmin(ExportingAdmin, ReadOnlyAdmin):
    list_display = ["created_at", "order", AMOUNT, "status", "gateway"]
    list_filter = ["status", "created_at"]
    list_display_links = ["created_at"]
    list_select_related = ["order"]
    ordering = ["-created_at", "-id"]
    sortable_by = ["created_at"]
    search_fields = ["order__id", "reference"]
    search_help_text = "The number of the order, or the gateway's reference."
    fields = [
        "order",
        AMOUNT,
        "status",
        "gateway",
        "reference",
        "key",
        "checkout_url",
        "created_at",
        "changed_at",
    ]
    readonly_fields = [AMOUNT]
    inlines = [PaymentEventInline]

    class Media:
        css = {"all": ["store/admin/shop.css"]}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Payment], search_term: str
    ) -> tuple[QuerySet[Payment], bool]:
        for word in search_term.split():
            found = Q(reference=word)
            if is_id(word):
                found |= Q(order__pk=word)
            queryset = queryset.filter(found)
        return queryset, False


@admin.register(PaymentEvent)
class PaymentEventAdmin(ReadOnlyAdmin):
    """What gateways sent, also about payments that the shop does not know."""

    list_display = ["received_at", "kind", "payment", "outcome", "gateway"]
    list_display_links = ["received_at"]
    list_select_related = ["payment"]
    ordering = ["-received_at", "-id"]
    sortable_by = ["received_at"]
    fields = ["received_at", "kind", "payment", "outcome", "gateway", "event_id", "payload_details"]
    readonly_fields = ["payload_details"]

    class Media:
        css = {"all": ["store/admin/shop.css"]}

    @admin.display(description="payload")
    def payload_details(self, event: PaymentEvent) -> SafeString:
        return payload_details(event)


def payload_details(event: Any) -> SafeString:
    """Show what a gateway sent, word for word, in a box that opens."""
    return format_html(
        '<details class="payload"><summary>Show</summary><pre>{}</pre></details>', event.payload
    )
