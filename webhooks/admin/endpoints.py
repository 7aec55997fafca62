from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache

from storefront.admin.actions import delete_selected, intermediate_page_action
from storefront.admin.options import ConcurrentEditAdmin
from storefront.admin.refusals import PermissionMissing

from ..event_types import EVENT_TYPES
from ..models import Delivery, Endpoint
from ..services.endpoints import empty_for_deletion, rotate_secret, start_anew
from ..services.events import record_test_event
from ..signing import fingerprint_of
from .values import moment

GONE = "The endpoint is no longer there."
REPLACED = "The secret was replaced since this page was shown; here is the new one."
SIGNED = (
    "The new secret signs from now on; for a day the one of before signs beside it, so that the "
    "receiver can change over."
)


@admin.register(Endpoint)
class EndpointAdmin(ConcurrentEditAdmin):
    list_display = ["url", "description", "status", "events", "deliveries"]
    list_filter = ["is_on"]
    search_fields = ["url", "description"]
    ordering = ["url", "id"]
    fields = ["url", "description", "event_types", "is_on", "status", "failing_since", "deliveries"]
    readonly_fields = ["status", "failing_since", "deliveries"]
    show_full_result_count = False
    list_select_related = ["state"]
    actions = ["delete_selected"]
    change_form_template = "admin/webhooks/endpoint_change.html"

    class Media:
        css = {"all": ["webhooks/admin/webhooks.css"]}

    def get_fields(self, request: HttpRequest, obj: Endpoint | None = None) -> list[Any]:
        return self.fields if obj else ["url", "description", "event_types", "is_on"]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "event_types":
            return forms.MultipleChoiceField(
                label="Events",
                choices=[(name, f"{name}: {told}") for name, told in EVENT_TYPES.items()],
                widget=forms.CheckboxSelectMultiple,
            )
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "url" and field is not None:
            field.widget.attrs |= {"placeholder": "https://", "class": "vLargeTextField"}
            field.help_text = "A public https address, without a user and password."
        return field

    def save_model(self, request: Any, obj: Endpoint, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and {"url", "is_on"} & {*form.changed_data}:
            start_anew(endpoint=obj)

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Refuse a filter by the secret: who tries one letter after the other reads it by it."""
        return "secret" not in lookup and super().lookup_allowed(lookup, value, request)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say how many deliveries go along, which may be very many, and name none."""
        deliveries = Delivery.objects.filter(endpoint__in=objs).count()
        counts = {"endpoints": len(objs), "deliveries": deliveries}
        return [str(endpoint) for endpoint in objs], counts, set(), []

    @intermediate_page_action(description="Delete selected endpoints", permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return delete_selected(self, request, queryset, in_transaction=emptied_first)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Delete what may be very many deliveries before the transaction that locks the endpoint."""
        if request.method == "POST" and request.POST.get("post"):
            endpoint = self.get_object(request, unquote(object_id))
            if endpoint and self.has_delete_permission(request, endpoint):
                empty_for_deletion(endpoint_ids=[endpoint.pk])
        return super().delete_view(request, object_id, extra_context)

    def has_secret_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("webhooks.view_secret")

    @admin.display(description="state")
    def status(self, endpoint: Endpoint) -> str:
        if endpoint.is_on:
            name, told = ("failing", "Failing") if failing_since(endpoint) else ("on", "On")
        else:
            because = endpoint.switched_off_because
            name, told = "off", f"Off. {because}" if because else "Off"
        return format_html('<span class="endpoint-state endpoint-{}">{}</span>', name, told)

    @admin.display(description="failing since")
    def failing_since(self, endpoint: Endpoint) -> str:
        return moment(failing_since(endpoint))

    @admin.display(description="events")
    def events(self, endpoint: Endpoint) -> str:
        return ", ".join(endpoint.event_types)

    @admin.display(description="deliveries")
    def deliveries(self, endpoint: Endpoint) -> SafeString:
        url = reverse("admin:webhooks_delivery_changelist")
        return format_html('<a href="{}?endpoint__id__exact={}">Delivery log</a>', url, endpoint.pk)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<path:object_id>/test/", view(self.test_view), name="webhooks_endpoint_test"),
            path(
                "<path:object_id>/secret/",
                view(never_cache(self.secret_view)),
                name="webhooks_endpoint_secret",
            ),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: Any, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        context["may_see_secret"] = self.has_secret_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)

    def test_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask whether to send a test event, and send it once confirmed."""
        endpoint = self.get_object(request, object_id)
        if not self.has_change_permission(request, endpoint):
            raise PermissionMissing("webhooks.change_endpoint")
        if endpoint is None:
            return self.gone(request)
        if request.method != "POST":
            return self.page(request, endpoint, "Send a test event", "test")
        delivery = record_test_event(endpoint=endpoint)
        self.log_change(request, endpoint, "Sent a test event.")
        messages.success(request, "The test event is on its way; here is what becomes of it.")
        return HttpResponseRedirect(
            reverse("admin:webhooks_delivery_change", args=[delivery.pk])
            if request.user.has_perm("webhooks.view_delivery")
            else self.url_of(endpoint)
        )

    def secret_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the secret of an endpoint, and replace it once asked to."""
        endpoint = self.get_object(request, object_id)
        if not self.has_secret_permission(request):
            raise PermissionMissing("webhooks.view_secret")
        if endpoint is None:
            return self.gone(request)
        if request.method == "POST":
            if rotate_secret(endpoint=endpoint, seen=request.POST.get("seen", "")):
                self.log_change(request, endpoint, "Replaced the secret.")
                messages.success(request, SIGNED)
            else:
                messages.warning(request, REPLACED)
            return HttpResponseRedirect(request.path)
        return self.page(request, endpoint, "Secret", "secret")

    def page(self, request: HttpRequest, endpoint: Endpoint, title: str, name: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": title,
            "original": endpoint,
            "back": self.url_of(endpoint),
            "seen": fingerprint_of(endpoint.secret),
        }
        return TemplateResponse(request, f"admin/webhooks/endpoint_{name}.html", context)

    def gone(self, request: HttpRequest) -> HttpResponse:
        messages.error(request, GONE)
        return HttpResponseRedirect(reverse("admin:webhooks_endpoint_changelist"))

    def url_of(self, endpoint: Endpoint) -> str:
        return reverse("admin:webhooks_endpoint_change", args=[endpoint.pk])


def emptied_first(action: Callable[..., Any]) -> Callable[..., Any]:
    """Let an action delete endpoints in a transaction, once their deliveries are deleted before it."""

    def act(model_admin: Any, request: HttpRequest, endpoints: QuerySet) -> Any:
        if request.POST.get("post"):
            empty_for_deletion(endpoint_ids=list(endpoints.values_list("pk", flat=True)))
        with transaction.atomic():
            return action(model_admin, request, endpoints)

    return act


def failing_since(endpoint: Endpoint) -> datetime | None:
    # One that was never sent anything has no state.
    state = getattr(endpoint, "state", None)
    return state.failing_since if state else None
