"""Ships the orders of a sheet of tracking numbers, after a page that shows what each row would do."""

from collections.abc import Sequence
from time import monotonic
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import AdminForm
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from storefront.admin.actions import log_bulk_action
from storefront.admin.list_tools import ListTool, with_list_tools

from ..models import Order
from ..services.order_status import PAID, SHIPPED
from ..services.shipping_sheets import MAX_BYTES, MAX_ROWS, PlannedShipment, planned_shipments
from ..sheets.errors import UnreadableSheet
from ..sheets.reading import sheet_rows
from .order_moves import MovingAdmin
from .order_steps import STEPS

# Seconds that one request ships for; the rest is confirmed anew.
SECONDS = 15
# Seconds for which a page that asks may lie open.
MAX_AGE = 24 * 3600
# Refusals that a message names.
NAMED = 20
SALT = "store.admin.order_sheets"
# Of each order: its key, the row of the sheet, the carrier and the number.
Shipment = tuple[int, int, str, str]


class SheetForm(forms.Form):
    sheet = forms.FileField(
        help_text="CSV or XLSX with the columns order, carrier and tracking number; at most "
        f"{MAX_ROWS:,} rows and {MAX_BYTES // 1024 // 1024} MB.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        sheet = cleaned.get("sheet")
        if sheet is None:
            return cleaned
        if sheet.size > MAX_BYTES:
            self.add_error("sheet", f"The file is larger than {MAX_BYTES // 1024 // 1024} MB.")
            return cleaned
        try:
            cleaned["plan"] = planned_shipments(sheet_rows(sheet.read(), sheet.name))
        except UnreadableSheet as error:
            self.add_error("sheet", str(error))
        return cleaned


class SheetShippingAdmin(MovingAdmin):
    """Takes a sheet, asks, and makes the same step as the page of one order."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.ship_view)
        return [path("ship/", view, name="store_order_ship"), *super().get_urls()]

    def changelist_view(self, request: Any, extra_context: Any = None) -> HttpResponse:
        if self.has_move_permission(request, STEPS[SHIPPED]):
            tool = ListTool("Ship by a sheet", reverse("admin:store_order_ship"))
            extra_context = with_list_tools(extra_context, tool)
        return super().changelist_view(request, extra_context)

    def ship_view(self, request: HttpRequest) -> HttpResponse:
        """Take a sheet, show what it would do, and do that once confirmed."""
        if not self.has_move_permission(request, STEPS[SHIPPED]):
            raise PermissionDenied
        if "plan" in request.POST:
            return self.ship_planned(request)
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = SheetForm(*sent)
        if form.is_valid():
            return self.preview_page(request, form.cleaned_data["plan"])
        return self.sheet_page(request, form)

    def ship_planned(self, request: HttpRequest) -> HttpResponse:
        try:
            signed = request.POST["plan"]
            shipments = [tuple(each) for each in signing.loads(signed, salt=SALT, max_age=MAX_AGE)]
        except signing.BadSignature:
            message = "This page is too old. Nothing was shipped; please choose the sheet again."
            self.message_user(request, message, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:store_order_ship"))
        rest = self.ship_each(request, shipments)
        if rest:
            message = f"That took long. Left to be shipped: {len(rest)}. Please go on."
            self.message_user(request, message, messages.WARNING)
            return self.confirm_page(request, {"shipments": rest})
        return HttpResponseRedirect(reverse("admin:store_order_changelist"))

    def ship_each(self, request: HttpRequest, shipments: Sequence[Shipment]) -> list[Shipment]:
        """Ship each order in a transaction of its own; return those that there was no time for."""
        ends = monotonic() + SECONDS
        step, refusals, tried = STEPS[SHIPPED], list[SafeString](), 0
        for key, row, carrier, number in shipments:
            said = {"carrier": carrier, "tracking_number": number}
            # Whatever is wrong with one must not keep back those behind it.
            refusal = self.try_to_move(request, key, step, said, PAID, unforeseen=Exception)
            if refusal:
                refusals.append(format_html("Row {}, order {}: {}", row, key, refusal))
            tried += 1
            if monotonic() >= ends:
                break
        if shipped := tried - len(refusals):
            log_bulk_action(request, "ship_by_sheet", Order, shipped)
            done = ngettext("%d order was shipped.", "%d orders were shipped.", shipped)
            self.message_user(request, done % shipped, messages.SUCCESS)
        self.name_refusals(request, refusals)
        return list(shipments[tried:])

    def name_refusals(self, request: HttpRequest, refusals: Sequence[SafeString]) -> None:
        if not refusals:
            return
        said = ngettext("%d order was not shipped:", "%d orders were not shipped:", len(refusals))
        lines: list[Any] = [said % len(refusals), *refusals[:NAMED]]
        if len(refusals) > NAMED:
            lines.append(f"and {len(refusals) - NAMED} more")
        listed = format_html_join(SafeString("<br>"), "{}", ([line] for line in lines))
        self.message_user(request, listed, messages.ERROR)

    def sheet_page(self, request: HttpRequest, form: Any) -> TemplateResponse:
        fields = AdminForm(form, [(None, {"fields": ["sheet"]})], {})
        return self.page(request, {"form": form, "adminform": fields})

    def preview_page(
        self, request: HttpRequest, planned: Sequence[PlannedShipment]
    ) -> TemplateResponse:
        shipments = [
            (each.order.pk, each.row, each.carrier, each.tracking_number)
            for each in planned
            if each.order is not None and not each.problems
        ]
        wrong = len(planned) - len(shipments)
        context = {"planned": planned, "wrong": wrong, "shipments": shipments}
        return self.confirm_page(request, context)

    def confirm_page(self, request: HttpRequest, context: dict[str, Any]) -> TemplateResponse:
        # Signed, so that what is confirmed is what was shown; kept by nobody but the page.
        signed = signing.dumps(context["shipments"], salt=SALT, compress=True)
        return self.page(request, {**context, "plan": signed})

    def page(self, request: Any, context: dict[str, Any]) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Ship by a sheet",
            "opts": self.opts,
            "media": self.media,
            "back": reverse("admin:store_order_changelist"),
            **context,
        }
        return TemplateResponse(request, "admin/store/order_sheet.html", context)
