from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse

from ..exceptions import OrderIsPaid, StoreError
from ..models import Address, Invoice, Order, OrderItem
from ..money import displayed
from ..search import terms_of
from ..services.order_status import PAID, change_order_status
from ..services.orders import delete_order, write_order
from ..staff_filters import MAX_WORDS
from .deletion import ServiceDeletionAdmin
from .exports import ExportingAdmin
from .lists import FoundPaginator, LongListAdmin
from .order_corrections import CorrectingAdmin
from .order_lines import OrderItemInline
from .order_moves import ACTIONS
from .order_page import order_page
from .order_papers import PapersAdmin
from .order_sheets import SheetShippingAdmin
from .sales_filters import ProductFilter, SoldFilter

# A new order takes its stock, which a failed one does not hold.
NEW_STATUSES = [choice for choice in Order.PAYMENT_STATUS_CHOICES if choice[0] in Order.SOLD]

SHIPPING = [f"shipping_{name}" for name in Address.FIELDS]


class OrderForm(forms.ModelForm):
    """Shows what the shop refused on the first try."""

    refusal: StoreError | None = None

    def clean(self) -> dict[str, Any] | None:
        if self.refusal:
            raise forms.ValidationError(self.refusal.message)
        cleaned = super().clean() or self.cleaned_data
        address = {name: cleaned.get(name) for name in SHIPPING if name in self.fields}
        if any(address.values()):
            for name in SHIPPING[:2]:
                if not address.get(name) and name not in self.errors:
                    self.add_error(name, "An address has a street and a city.")
            # The ZIP code may be left out.
            cleaned["shipping_zip"] = address.get("shipping_zip") or ""
        return cleaned


@admin.register(Order)
class OrderAdmin(
    ExportingAdmin,
    LongListAdmin,
    CorrectingAdmin,
    PapersAdmin,
    SheetShippingAdmin,
    ServiceDeletionAdmin,
):
    """A new order has a form; one that was placed is history, and moves by its steps alone."""

    form = OrderForm
    list_display = ["id", "placed_at", "customer", "status", "payment_status", "total_of_lines"]
    list_filter = ["status", "payment_status", "placed_at", SoldFilter, ProductFilter]
    ordering = ["-placed_at", "-id"]
    search_fields = ["id", "customer__user__email", "customer__user__username"]
    search_help_text = (
        "The number (#4000 leads to the order); how the customer's name, e-mail or phone begins, the town, the SKU or a word of a "
        "product's title (three letters or more). Each word must fit; “New York” stays together in "
        "quotation marks."
    )
    autocomplete_fields = ["customer"]
    actions = [*PapersAdmin.actions, *ACTIONS, *ServiceDeletionAdmin.actions]
    inlines = [OrderItemInline]
    refusal = OrderIsPaid
    refusal_text = f"{OrderIsPaid().message} Nor can one for which an invoice was issued."

    class Media:
        css = {"all": ["store/admin/shop.css", "store/admin/order.css"]}
        js = ["store/admin/order_addresses.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        queryset: Any = super().get_queryset(request)
        return queryset.with_total().select_related("customer__user")

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Order | None:
        order = super().get_object(request, object_id, from_field)
        if order is not None:
            prefetch_related_objects([order], "items__product")
        return order

    def get_paginator(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Paginator:
        paginator = FoundPaginator if request.GET.get(SEARCH_VAR) else self.paginator
        return paginator(*args, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        orders: Any = queryset
        return orders.found_by(terms_of(search_term)[:MAX_WORDS]), False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        # To delete an order is to cancel it, too.
        return super().has_delete_permission(request, obj) and self.has_cancel_permission(request)

    def get_fields(self, request: HttpRequest, obj: Order | None = None) -> list[Any]:
        # The page of an order shows more than a form has.
        return ["customer", "payment_status", *SHIPPING] if obj is None else ["status"]

    def get_readonly_fields(self, request: HttpRequest, obj: Order | None = None) -> list[Any]:
        return [] if obj is None else self.get_fields(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Order | None) -> list[Any]:
        return self.inlines if obj is None else []

    def render_change_form(
        self,
        request: Any,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if obj is not None:
            context["page"] = order_page(obj, request.user, self.may_correct(request))
            context["currency"] = settings.STORE_CURRENCY
            context["title"] = str(obj)
            context["subtitle"] = None
        return super().render_change_form(request, context, add, change, form_url, obj)

    def formfield_for_choice_field(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "payment_status":
            # To add an order as paid is to move it, too.
            may_move = self.has_change_permission(request)
            kwargs["choices"] = NEW_STATUSES if may_move else NEW_STATUSES[:1]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def get_form(
        self, request: Any, obj: Order | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def changeform_view(
        self,
        request: Any,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the form again, with what was typed and why, when the shop refuses it."""
        view = super().changeform_view
        if request.method != "POST":
            return view(request, object_id, form_url, extra_context)
        try:
            return view(request, object_id, form_url, extra_context)
        except StoreError as error:
            # The refused try is rolled back; this one ends at the form, which now knows better.
            request.refusal = error
            return view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Order, form: Any, change: bool) -> None:
        """Leave it to the service, which needs the lines too."""

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        order = form.instance
        is_paid = order.payment_status == Order.PAYMENT_STATUS_COMPLETE
        # Placed first and paid then, as its history will say.
        order.payment_status = Order.PAYMENT_STATUS_PENDING
        write_order(order=order, quantities=formsets[0].quantities(), by=request.user)
        if is_paid:
            change_order_status(order=order, status=PAID, by=request.user)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        return super().construct_change_message(request, form, [], add)

    def delete_row(self, row: Order) -> None:
        delete_order(order=row)

    def blockers(self, rows: Sequence[Order]) -> QuerySet:
        keys = [order.pk for order in rows]
        kept = Q(payment_status=Order.PAYMENT_STATUS_COMPLETE) | Q(
            pk__in=Invoice.objects.filter(order__in=keys).values("order")
        )
        return Order.objects.filter(kept, pk__in=keys)

    def rows_to_delete(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        orders = list(objs)
        lines = OrderItem.objects.filter(order__in=orders)
        lines_of: dict[int, list[str]] = {order.pk: [] for order in orders}
        for line in lines.select_related("product"):
            lines_of[line.order_id].append(str(line))
        rows: list[Any] = []
        for order in orders:
            rows += [self.link_to(order), lines_of[order.pk]]
        counts = {"orders": len(orders), "lines": sum(map(len, lines_of.values()))}
        return rows, counts, set(), []

    @admin.display(description="total", ordering="total_of_lines")
    def total_of_lines(self, order: Any) -> Decimal:
        return displayed(order.total_of_lines or Decimal(0))
