import json
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from storefront.admin.actions import confirmed_action
from storefront.admin.options import ConcurrentEditAdmin, ConcurrentEditInline
from storefront.admin.permissions import ReadOnlyMixin

from ..event_types import EVENT_TYPES, TEST
from ..models import Attempt, Delivery, DeliveryQuerySet
from ..services.deliveries import send_again
from .values import milliseconds, moment


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "Waiting"), ("delivered", "Delivered"), ("given_up", "Given up")]

    def queryset(self, request: HttpRequest, queryset: Any) -> DeliveryQuerySet:
        states = {
            "waiting": DeliveryQuerySet.waiting,
            "delivered": DeliveryQuerySet.delivered,
            "given_up": DeliveryQuerySet.given_up,
        }
        state = states.get(self.value() or "")
        return state(queryset) if state else queryset


class EventTypeFilter(admin.SimpleListFilter):
    title = "event"
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in (*EVENT_TYPES, TEST)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(event__type=self.value()) if self.value() else queryset


ATTEMPT_FIELDS = ("started_at", "status_code", "took", "error", "answer")
DELIVERY_FIELDS = (
    *("event_type", "webhook_id", "endpoint", "state", "created_at", "delivered_at"),
    *("attempts", "next_attempt", "status_code", "took", "last_error", "payload"),
)


class AttemptInline(ConcurrentEditInline, admin.TabularInline):
    model = Attempt
    fields = readonly_fields = ATTEMPT_FIELDS
    extra = 0
    can_delete = False
    verbose_name_plural = "attempts, newest first"

    @admin.display(description="took")
    def took(self, attempt: Attempt) -> str:
        return milliseconds(attempt.duration)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("webhooks.view_delivery")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyMixin, ConcurrentEditAdmin):
    """The log of what was told to whom, and what came of it."""

    list_display = [
        *("event_type", "state", "attempts", "status_code", "took"),
        *("created_at", "next_attempt", "endpoint"),
    ]
    list_filter = [StateFilter, EventTypeFilter, "endpoint"]
    list_select_related = ["event", "endpoint"]
    search_fields = ["event__id__exact"]
    search_help_text = "A whole webhook-id."
    ordering = ["-id"]
    # The indexes sort by key and by nothing else.
    sortable_by = ()
    list_per_page = 50
    show_full_result_count = False
    actions = ["send_again"]
    fields = readonly_fields = DELIVERY_FIELDS
    inlines = [AttemptInline]

    class Media:
        css = {"all": ["webhooks/admin/webhooks.css"]}

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Refuse a filter by the secret of an endpoint, as its own list does."""
        return "secret" not in lookup and super().lookup_allowed(lookup, value, request)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("webhooks.change_delivery")

    @confirmed_action(
        description="Send again",
        permissions=["resend"],
        effect="will be sent again, under the same webhook-id",
        done=("%d delivery will be sent again.", "%d deliveries will be sent again."),
        affects=DeliveryQuerySet.finished,
    )
    def send_again(self, request: HttpRequest, deliveries: DeliveryQuerySet) -> int:
        return send_again(deliveries=deliveries)

    @admin.display(description="event")
    def event_type(self, delivery: Delivery) -> str:
        return delivery.event.type

    @admin.display(description="webhook-id")
    def webhook_id(self, delivery: Delivery) -> str:
        return delivery.event_id

    @admin.display(description="happened at")
    def created_at(self, delivery: Delivery) -> str:
        return moment(delivery.event.created_at)

    @admin.display(description="next attempt")
    def next_attempt(self, delivery: Delivery) -> str:
        if delivery.due_at and not delivery.endpoint.is_on and delivery.event.type != TEST:
            return "when the endpoint is on"
        return moment(delivery.due_at)

    @admin.display(description="took")
    def took(self, delivery: Delivery) -> str:
        return milliseconds(delivery.duration)

    @admin.display(description="state")
    def state(self, delivery: Delivery) -> str:
        name = "delivered" if delivery.delivered_at else "given up"
        if delivery.due_at:
            name = "waiting"
        css = name.replace(" ", "-")
        return format_html('<span class="delivery delivery-{}">{}</span>', css, name.capitalize())

    @admin.display(description="payload")
    def payload(self, delivery: Delivery) -> str:
        payload = json.loads(delivery.event.payload)
        text = json.dumps(payload, indent=2, ensure_ascii=False)
        return format_html('<pre class="webhook-payload">{}</pre>', text)
