from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import BooleanField, CharField, ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from history.origins import origin
from storefront.admin.actions import intermediate_page_action
from storefront.admin.options import ConcurrentEditInline

from ..exceptions import CustomerHasOrders
from ..models import Address, Customer, Order
from ..models.customers import CustomerQuerySet
from ..services.consent import set_marketing_consent
from ..services.customers import delete_customer
from ..staff_filters import MAX_WORDS
from .campaigns import NotifyingAdmin
from .customer_page import CustomerPageAdmin
from .deletion import ServiceDeletionAdmin
from .exports import ExportingAdmin
from .lists import LongListAdmin


class AddressInline(ConcurrentEditInline, admin.TabularInline):
    model = Address
    extra = 0


class CustomerForm(ModelForm):
    """Asks why a membership is another one from now on."""

    reason = CharField(
        required=False,
        max_length=255,
        help_text="Why the membership changes; colleagues read it in the history.",
    )

    accepts_marketing = BooleanField(
        required=False,
        label="Accepts advertising",
        help_text="Whether campaigns may write to this customer.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "accepts_marketing" in self.fields:
            self.initial["accepts_marketing"] = self.instance.accepts_marketing

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        is_changed = bool(self.instance.pk) and "membership" in self.changed_data
        if is_changed and not cleaned.get("reason") and "membership" not in self.errors:
            self.add_error("reason", "Say why the membership changes.")
        return cleaned


class ProfileFilter(admin.SimpleListFilter):
    """Every account has a profile; those of staff who only work here are left out unless asked for."""

    title = "profiles"
    parameter_name = "profiles"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", "All, of staff too")]

    def choices(self, changelist: Any) -> Any:
        everybody = super().choices(changelist)
        return [{**next(everybody), "display": "Customers"}, *everybody]

    def queryset(self, request: HttpRequest, queryset: Any) -> CustomerQuerySet:
        found: CustomerQuerySet = queryset if self.value() == "all" else queryset.shoppers()
        return found


@admin.register(Customer)
class CustomerAdmin(
    ExportingAdmin, CustomerPageAdmin, LongListAdmin, ServiceDeletionAdmin, NotifyingAdmin
):
    list_display = ["first_name", "last_name", "email", "membership", "orders_count"]
    list_editable = ["membership"]
    list_filter = [ProfileFilter, "membership"]
    list_display_links = ["first_name", "last_name"]
    ordering = ["user__first_name", "user__last_name", "id"]
    search_fields = ["user__first_name__istartswith", "user__last_name__istartswith"]
    search_help_text = (
        "How a first name, last name, user name, e-mail, phone (five digits or more) or the town of an address begins. "
        "Each word must fit."
    )
    autocomplete_fields = ["user"]
    form = CustomerForm
    inlines = [AddressInline]
    actions = [*ServiceDeletionAdmin.actions, "notify_customers"]
    refusal = CustomerHasOrders

    class Media:
        css = {"all": ["store/admin/shop.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        queryset: Any = super().get_queryset(request)
        return queryset.with_orders_count().select_related("user")

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        words = search_term.split()[:MAX_WORDS]
        return (queryset.found_by(words) if words else queryset), False

    def get_fields(self, request: HttpRequest, obj: Customer | None = None) -> list[Any]:
        fields = ["user", "phone", "birth_date", "membership"]
        may_change = obj is not None and self.has_change_permission(request, obj)
        return [*fields, "reason", "accepts_marketing"] if may_change else fields

    def save_model(self, request: HttpRequest, obj: Customer, form: Any, change: bool) -> None:
        with origin(reason=form.cleaned_data.get("reason") or ""):
            super().save_model(request, obj, form, change)
            if "accepts_marketing" in form.changed_data:
                accepts = form.cleaned_data["accepts_marketing"]
                set_marketing_consent(customer=obj, accepts=accepts)

    def delete_row(self, row: Customer) -> None:
        delete_customer(customer=row)

    def blockers(self, rows: Sequence[Customer]) -> QuerySet:
        return Order.objects.filter(customer__in=rows)

    @intermediate_page_action(permissions=["notify"], description="Notify customers")
    def notify_customers(
        self, request: HttpRequest, queryset: CustomerQuerySet
    ) -> HttpResponse | None:
        return self.compose(request, queryset)

    @admin.display(ordering="user__email")
    def email(self, customer: Customer) -> str:
        return customer.user.email

    @admin.display(description="orders", ordering="orders_count")
    def orders_count(self, customer: Any) -> SafeString:
        url = reverse("admin:store_order_changelist")
        query = urlencode({"customer__id__exact": customer.pk})
        return format_html('<a href="{}?{}">{}</a>', url, query, customer.orders_count)
