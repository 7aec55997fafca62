"""What the page of a customer tells beside the profile: orders, what they spent, reviews."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Avg, Count, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from ..models import Customer, Order, Review
from ..money import displayed

# Rows of each kind that the page names.
SHOWN = 10


class CustomerPageAdmin(admin.ModelAdmin):
    change_form_template = "admin/store/customer_change.html"

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if obj is not None:
            context |= customer_page(obj, request.user)
        return super().render_change_form(request, context, add, change, form_url, obj)


def customer_page(customer: Customer, user: Any) -> dict[str, Any]:
    """Return what somebody may see of a customer, each kind in a query or two."""
    page: dict[str, Any] = {"currency": settings.STORE_CURRENCY}
    if user.has_perm("store.view_order"):
        orders = customer.orders.with_total()
        page["orders"] = orders.order_by("-placed_at", "-pk")[:SHOWN]
        page["spend"] = spend_of(customer)
        page["orders_url"] = list_url("order", customer__id__exact=customer.pk)
    if user.has_perm("store.view_review"):
        reviews = Review.objects.filter(user=customer.user_id).select_related("product")
        page["reviews"] = reviews.order_by("-date", "-pk")[:SHOWN]
    if user.has_perm("core.view_user"):
        page["account_url"] = reverse("admin:core_user_change", args=[customer.user_id])
        page["export_url"] = reverse("admin:core_user_export", args=[customer.user_id])
        page["erase_url"] = reverse("admin:core_user_delete", args=[customer.user_id])
    return page


def spend_of(customer: Customer) -> dict[str, Any]:
    """Return how many orders of a customer are paid, and their sum and average with tax."""
    paid: Any = customer.orders.filter(payment_status=Order.PAYMENT_STATUS_COMPLETE)
    figures = paid.with_total().aggregate(
        count=Count("pk"), total=Sum("total_of_lines"), average=Avg("total_of_lines")
    )
    amounts = {
        name: None if figures[name] is None else displayed(figures[name])
        for name in ("total", "average")
    }
    return {**figures, **amounts}


def list_url(model: str, **filters: Any) -> str:
    return f"{reverse(f'admin:store_{model}_changelist')}?{urlencode(filters)}"
