from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..exceptions import OrderIsPaid, OutOfStock, StoreError
from ..models import MAX_QUANTITY, Order, OrderItem
from ..money import round_to_cents
from ..services.order_status import COLUMNS, TRANSITIONS, change_payment_status
from ..services.orders import delete_order, write_order
from ..services.transactions import atomic
from .deletion import ServiceDeletionAdmin
from .lists import LongListAdmin

MAX_LINES = 10


class OrderForm(forms.ModelForm):
    """Offers the payment statuses that may follow; shows what the shop refused on the first try."""

    refusal: StoreError | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        status: Any = self.fields.get("payment_status")
        if status:
            current = self.instance.payment_status
            offered = (
                {
                    current,
                    *(
                        COLUMNS[status]["payment_status"]
                        for status in TRANSITIONS[self.instance.status]
                    ),
                }
                if self.instance.pk
                else {"P", "C"}
            )
            # A new order takes its stock, which a failed one does not hold.
            if self.instance.pk is None:
                offered.discard(Order.PAYMENT_STATUS_FAILED)
            choices = Order.PAYMENT_STATUS_CHOICES
            status.choices = [(value, label) for value, label in choices if value in offered]

    def clean(self) -> dict[str, Any] | None:
        if self.refusal:
            raise forms.ValidationError(self.refusal.message)
        return super().clean()


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
                self.mark(product_id, f"At most {MAX_QUANTITY} pieces of one product.")
        if isinstance(self.refusal, OutOfStock):
            for shortage in self.refusal.shortages:
                self.mark(shortage.product_id, f"Only {shortage.available} in stock.")

    def mark(self, product_id: int, message: str) -> None:
        """Put the message on each line of the product."""
        for line in self.forms:
            if line.cleaned_data and line.cleaned_data["product"].pk == product_id:
                line.add_error("quantity", message)


class OrderItemInline(admin.TabularInline):
    """Lines are written with the order and are history from then on; the order's rights hold."""

    model = OrderItem
    autocomplete_fields = ["product"]
    readonly_fields = ["ordered", "total_price"]
    min_num = 1
    max_num = MAX_LINES
    extra = 0
    verbose_name = "line"
    verbose_name_plural = "lines"

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        if obj is None:
            return ["product", "quantity"]
        return ["ordered", "unit_price", "quantity", "total_price"]

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

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("store.view_order") or request.user.has_perm(
            "store.change_order"
        )

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description="product")
    def ordered(self, item: OrderItem) -> SafeString:
        """Link the product under the title it had when it was ordered."""
        url = reverse("admin:store_product_change", args=[item.product_id])
        return format_html('<a href="{}">{}</a>', url, item.title or item.product.title)

    @admin.display(description="total")
    def total_price(self, item: OrderItem) -> Decimal:
        return item.total_price


@admin.register(Order)
class OrderAdmin(LongListAdmin, ServiceDeletionAdmin):
    form = OrderForm
    list_display = ["id", "placed_at", "customer", "payment_status", "total"]
    list_filter = ["payment_status", "placed_at"]
    ordering = ["-placed_at", "-id"]
    search_fields = ["id", "customer__user__email", "customer__user__username"]
    search_help_text = "An order's number, or how the customer's e-mail or user name begins."
    autocomplete_fields = ["customer"]
    inlines = [OrderItemInline]
    refusal = OrderIsPaid

    class Media:
        css = {"all": ["store/admin/shop.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        queryset: Any = super().get_queryset(request)
        return queryset.with_total().select_related("customer__user")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        for word in search_term.split():
            found = Q(customer__user__email__istartswith=word)
            found |= Q(customer__user__username__istartswith=word)
            if word.isdecimal():
                found |= Q(pk=word)
            queryset = queryset.filter(found)
        return queryset, False

    def get_fields(self, request: HttpRequest, obj: Order | None = None) -> list[Any]:
        if obj is None:
            return ["customer", "payment_status"]
        return ["customer", "placed_at", "payment_status", "total"]

    def get_readonly_fields(self, request: HttpRequest, obj: Order | None = None) -> list[str]:
        if obj is None:
            return []
        final = [] if obj.payment_status != "C" else ["payment_status"]
        return ["customer", "placed_at", "total", *final]

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
            return atomic(view)(request, object_id, form_url, extra_context)
        except StoreError as error:
            # The refused try is rolled back; this one ends at the form, which now knows better.
            request.refusal = error
            return view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Order, form: Any, change: bool) -> None:
        if change and "payment_status" in form.changed_data:
            change_payment_status(
                order=obj,
                payment_status=obj.payment_status,
                seen=form.initial["payment_status"],
            )

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        if not change:
            write_order(order=form.instance, quantities=formsets[0].quantities())

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        return super().construct_change_message(request, form, [], add)

    def delete_row(self, row: Order) -> None:
        delete_order(order=row)

    def blockers(self, rows: Sequence[Order]) -> QuerySet:
        keys = [order.pk for order in rows]
        return Order.objects.filter(pk__in=keys, payment_status=Order.PAYMENT_STATUS_COMPLETE)

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

    @admin.display(ordering="total_of_lines")
    def total(self, order: Any) -> Decimal:
        return round_to_cents(order.total_of_lines or Decimal(0))
