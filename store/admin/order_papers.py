"""Packing slips and invoices, of one order and of those chosen in the list."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.translation import ngettext

from storefront.admin.actions import (
    intermediate_page_action,
    log_bulk_action,
    reading_action,
    write_log,
)

from ..documents import CONTENT_TYPE, pdf_of_invoices, pdf_of_slips
from ..exceptions import StoreError
from ..models import Invoice, Order
from ..services.invoices import IssuedInvoices, invoices_to_issue, issue_invoices
from ..services.transactions import lost_a_race, retrying_transaction
from .lists import is_id
from .order_moves import BUSY, GONE, MovingAdmin

# Orders whose papers are one PDF.
MAX_PAPERS = 200
# Refusals that a message names.
NAMED = 5
NOTHING_ISSUED = "None of these orders has an invoice. Nothing was issued."


def pdf_response(content: bytes, name: str, *, is_saved: bool = False) -> HttpResponse:
    """Return a PDF that the browser shows, or saves at once, under a name."""
    disposition = content_disposition_header(as_attachment=is_saved, filename=f"{name}.pdf")
    headers = {"Content-Disposition": disposition or "inline"}
    return HttpResponse(content, content_type=CONTENT_TYPE, headers=headers)


class PapersAdmin(MovingAdmin):
    """Prints slips and invoices; an invoice is issued by a POST, and printed by a GET."""

    actions: Any = ["packing_slips", "invoices"]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("invoices/", view(self.invoices_view), name="store_order_invoices"),
            path("<path:object_id>/slip/", view(self.slip_view), name="store_order_slip"),
            path("<path:object_id>/invoice/", view(self.invoice_view), name="store_order_invoice"),
            *super().get_urls(),
        ]

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
            papers = list(Invoice.objects.of_orders([obj.pk]))
            context["papers"] = papers
            context["may_issue"] = self.has_issue_permission(request) and bool(
                invoices_to_issue([obj], papers).new
            )
        return super().render_change_form(request, context, add, change, form_url, obj)

    def has_issue_permission(self, request: HttpRequest) -> bool:
        return self.has_view_or_change_permission(request) and self.has_change_permission(request)

    def slip_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Return the packing slip of an order."""
        order = self.order_to_print(request, object_id)
        if order is None:
            return self.gone(request)
        [loaded] = Order.objects.with_customers_and_lines().filter(pk=order.pk)
        return pdf_response(pdf_of_slips([loaded]), f"packing-slip-{order.pk}")

    def invoice_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Return the invoice of an order with its credit notes; issue it where it is a POST."""
        order = self.order_to_print(request, object_id)
        if order is None:
            return self.gone(request)
        if request.method == "POST":
            return self.issue_one(request, order)
        papers = list(Invoice.objects.of_orders([order.pk]))
        if not papers:
            message = "No invoice was issued for this order yet."
            self.message_user(request, message, messages.WARNING)
            return HttpResponseRedirect(self.url_of(request, order))
        return pdf_response(pdf_of_invoices(papers), papers[-1].number)

    def invoices_view(self, request: HttpRequest) -> HttpResponse:
        """Return the issued invoices of the orders that the address names."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        words = request.GET.get("orders", "").split(",")
        keys = {int(word) for word in words if is_id(word)}
        papers = list(Invoice.objects.of_orders(keys)) if len(keys) <= MAX_PAPERS else []
        if not papers:
            self.message_user(request, NOTHING_ISSUED, messages.WARNING)
            return HttpResponseRedirect(reverse("admin:store_order_changelist"))
        return pdf_response(pdf_of_invoices(papers), "invoices")

    def order_to_print(self, request: HttpRequest, object_id: str) -> Order | None:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return self.get_object(request, object_id)

    def gone(self, request: HttpRequest) -> HttpResponse:
        self.message_user(request, GONE, messages.ERROR)
        return HttpResponseRedirect(reverse("admin:store_order_changelist"))

    def issue_one(self, request: HttpRequest, order: Order) -> HttpResponse:
        found = self.issue(request, [order.pk])
        for invoice in found.invoices if found else ():
            done = "was issued" if found and found.issued else "was issued before"
            self.message_user(request, f"{invoice} {done}.", messages.SUCCESS)
        return HttpResponseRedirect(self.url_of(request, order))

    def issue(self, request: HttpRequest, keys: Sequence[int]) -> IssuedInvoices | None:
        """Issue invoices and log it; None, with a message, where the shop refuses all of them."""
        if not self.has_issue_permission(request):
            raise PermissionDenied
        try:
            found = self.issue_and_log(request, keys)
        except StoreError as error:
            self.message_user(request, error.message, messages.ERROR)
            return None
        except OperationalError as error:
            if not lost_a_race(error):
                raise
            self.message_user(request, BUSY, messages.ERROR)
            return None
        named = [f"Order {key}: {why.message}" for key, why in found.refusals.items()]
        if named:
            more = [f"and {len(named) - NAMED} more"] if len(named) > NAMED else []
            message = " ".join(["Without an invoice:", *named[:NAMED], *more])
            self.message_user(request, message, messages.WARNING)
        return found

    @retrying_transaction
    def issue_and_log(self, request: HttpRequest, keys: Sequence[int]) -> IssuedInvoices:
        found = issue_invoices(keys=keys)
        if found.issued:
            orders = Order.objects.filter(pk__in=found.issued)
            write_log(request, orders, Order, len(found.issued), "Issued the invoice.")
        return found

    @reading_action(permissions=["view"], description="Packing slips (PDF)")
    def packing_slips(self, request: HttpRequest, queryset: QuerySet[Order]) -> Any:
        keys = self.keys_to_print(request, queryset)
        if not keys:
            return None
        orders = Order.objects.with_customers_and_lines().in_bulk(keys)
        # In the order of the list.
        found = [orders[key] for key in keys if key in orders]
        if not found:
            return None
        # Saved: the list, with what was chosen in it, stays for the next step.
        return pdf_response(pdf_of_slips(found), "packing-slips", is_saved=True)

    @intermediate_page_action(permissions=["view"], description="Invoices (PDF)")
    def invoices(self, request: HttpRequest, queryset: QuerySet[Order]) -> Any:
        """Return the invoices of orders; ask first where some are to be issued."""
        keys = self.keys_to_print(request, queryset)
        if not keys:
            return None
        if "post" in request.POST:
            return self.issue_many(request, keys)
        orders = Order.objects.with_customers_and_lines().filter(pk__in=keys).order_by("pk")
        papers = list(Invoice.objects.of_orders(keys))
        plan = invoices_to_issue(orders, papers)
        if plan.new and self.has_issue_permission(request):
            return self.invoices_page(request, plan, papers)
        if papers:
            return pdf_response(pdf_of_invoices(papers), "invoices", is_saved=True)
        self.message_user(request, NOTHING_ISSUED, messages.WARNING)
        return None

    def keys_to_print(self, request: HttpRequest, queryset: QuerySet[Order]) -> list[int]:
        """Return the keys of the chosen orders; none, with a message, of too many."""
        keys = list(queryset.values_list("pk", flat=True)[: MAX_PAPERS + 1])
        if len(keys) > MAX_PAPERS:
            message = f"At most {MAX_PAPERS} orders can be printed at once. Nothing was printed or issued."
            self.message_user(request, message, messages.ERROR)
            return []
        return keys

    def issue_many(self, request: HttpRequest, keys: Sequence[int]) -> None:
        found = self.issue(request, keys)
        if not (found and found.invoices):
            return
        log_bulk_action(request, "issue_invoices", Order, len(found.issued))
        done = ngettext("%d invoice was issued.", "%d invoices were issued.", len(found.issued))
        message = format_html(
            '{} <a href="{}?orders={}">Print invoices: {} (PDF)</a>',
            done % len(found.issued),
            reverse("admin:store_order_invoices"),
            ",".join(str(invoice.order_id) for invoice in found.invoices),
            len(found.invoices),
        )
        self.message_user(request, message, messages.SUCCESS)

    def invoices_page(
        self, request: HttpRequest, plan: Any, papers: Sequence[Invoice]
    ) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Issue invoices",
            "opts": self.opts,
            "media": self.media,
            "back": request.get_full_path(),
            "plan": plan,
            "issued": len({paper.order_id for paper in papers} - {each.pk for each in plan.new}),
            "action": "invoices",
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
            "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "select_across": request.POST.get("select_across", "0"),
        }
        return TemplateResponse(request, "admin/store/order_invoices.html", context)
