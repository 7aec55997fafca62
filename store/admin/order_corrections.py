"""What staff correct of one order, each on a page of its own, and what they note about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse

from storefront.converters import is_key

from ..exceptions import StoreError
from ..models import Address, Order
from ..services.order_addresses import CORRECTABLE, correct_address, written
from ..services.order_notes import add_note
from ..services.shipments import SENT, correct_tracking
from ..services.transactions import lost_a_race, retrying_transaction
from .order_forms import CorrectedTrackingForm, NoteForm, OrderAddressForm
from .order_moves import BUSY, GONE, MovingAdmin

TRACKING = "Correct the tracking"
ADDRESS = "Correct the address"
NOTES = "#notes"


class CorrectingAdmin(MovingAdmin):
    """Corrects what an order says, after a form on a page of its own, and takes notes about it."""

    def get_urls(self) -> list[Any]:
        views = {
            "tracking": self.tracking_view,
            "address": self.address_view,
            "notes": self.note_view,
        }
        own = [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"store_order_{name}",
            )
            for name, view in views.items()
        ]
        stored = self.admin_site.admin_view(self.stored_addresses_view)
        return [
            path("addresses/", stored, name="store_order_addresses"),
            *own,
            *super().get_urls(),
        ]

    def stored_addresses_view(self, request: Any) -> JsonResponse:
        """Tell who enters an order which addresses a customer has stored."""
        may_see = any(
            request.user.has_perm(f"store.{verb}_customer") for verb in ("view", "change")
        )
        if not (self.has_add_permission(request) and may_see):
            raise PermissionDenied
        customer = request.GET.get("customer", "")
        found = (
            Address.objects.filter(customer=customer)
            if is_key(customer)
            else Address.objects.none()
        )
        return JsonResponse({"addresses": [*found.values(*Address.FIELDS)]})

    def changelist_view(self, request: Any, extra_context: Any = None) -> HttpResponse:
        """Lead who looks for a number alone, such as #4000, to that order."""
        number = request.GET.get(SEARCH_VAR, "").strip()
        if request.method == "GET" and [*request.GET] == [SEARCH_VAR] and number.startswith("#"):
            key = number.removeprefix("#")
            order = self.get_object(request, key) if is_key(key) else None
            if order is not None and self.has_view_or_change_permission(request):
                return HttpResponseRedirect(reverse("admin:store_order_change", args=[order.pk]))
        return super().changelist_view(request, extra_context)

    def may_correct(self, request: HttpRequest) -> bool:
        """Tell whether somebody may change orders, of whatever status they are."""
        return self.has_view_or_change_permission(request) and self.has_change_permission(request)

    def tracking_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the tracking of a shipped order in a form, and correct it."""
        order = self.order_to_correct(request, object_id, SENT)
        if isinstance(order, HttpResponse):
            return order
        initial = {
            "carrier": order.carrier,
            "tracking_number": order.tracking_number,
            "seen_carrier": order.carrier,
            "seen_number": order.tracking_number,
        }
        form = CorrectedTrackingForm(request.POST or None, initial=initial)
        return self.correct(request, order, TRACKING, self.save_tracking, form)

    def save_tracking(self, request: HttpRequest, order: Order, said: dict[str, Any]) -> None:
        correct_tracking(
            order=order,
            carrier=said["carrier"],
            tracking_number=said["tracking_number"],
            by=request.user,
            seen=(said["seen_carrier"], said["seen_number"]),
        )

    def address_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show in a form where an order goes that is not sent yet, and correct it."""
        order = self.order_to_correct(request, object_id, CORRECTABLE)
        if isinstance(order, HttpResponse):
            return order
        form = OrderAddressForm(
            request.POST or None,
            instance=order.shipping_address,
            initial={"seen": written(order), "stored": ""},
            customer=order.customer,
        )
        return self.correct(request, order, ADDRESS, self.save_address, form)

    def save_address(self, request: HttpRequest, order: Order, said: dict[str, Any]) -> None:
        address = {name: said[name] for name in Address.FIELDS}
        correct_address(order=order, address=address, by=request.user, seen=said["seen"])

    def note_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Add a note and go back to the page of the order, which shows it."""
        order = self.order_to_correct(request, object_id)
        if isinstance(order, HttpResponse):
            return order
        back = self.url_of(request, order) + NOTES
        form = NoteForm(request.POST or None)
        if not form.is_valid():
            return (
                self.note_page(request, order, form)
                if form.is_bound
                else HttpResponseRedirect(back)
            )
        try:
            add_note(
                order=order,
                text=form.cleaned_data["text"],
                key=form.cleaned_data["key"],
                by=request.user,
            )
        except Order.DoesNotExist:
            return self.gone(request)
        return HttpResponseRedirect(back)

    def note_page(self, request: HttpRequest, order: Order, form: Any) -> HttpResponse:
        """Show a note that was refused again, with what was typed."""
        return self.correction_page(request, order, form, "Note for colleagues")

    def order_to_correct(self, request: HttpRequest, object_id: str, statuses: Any = None) -> Any:
        """Return the order, or the way back where it is gone or too far; raises PermissionDenied."""
        if not self.may_correct(request):
            raise PermissionDenied
        order: Any = self.get_object(request, object_id)
        if order is None:
            return self.gone(request)
        if statuses and order.status not in statuses:
            self.message_user(request, f"The order is {order.status} now.", messages.ERROR)
            return HttpResponseRedirect(self.url_of(request, order))
        return order

    def gone(self, request: HttpRequest) -> HttpResponse:
        self.message_user(request, GONE, messages.ERROR)
        return HttpResponseRedirect(reverse("admin:store_order_changelist"))

    def correct(
        self,
        request: HttpRequest,
        order: Order,
        title: str,
        save: Callable[[HttpRequest, Order, Any], None],
        form: Any,
    ) -> HttpResponse:
        """Save a correction and log it; show the form, as it was filled in, where that is refused."""

        @retrying_transaction
        def write() -> None:
            save(request, order, form.cleaned_data)
            self.log_change(request, order, f"{title}.")

        if not form.is_valid():
            return self.correction_page(request, order, form, title)
        try:
            write()
        except StoreError as error:
            form.add_error(None, error.message)
        except OperationalError as error:
            if not lost_a_race(error):
                raise
            form.add_error(None, BUSY)
        except Order.DoesNotExist:
            return self.gone(request)
        if form.errors:
            return self.correction_page(request, order, form, title)
        self.message_user(request, "The order was corrected.", messages.SUCCESS)
        return HttpResponseRedirect(self.url_of(request, order))

    def correction_page(
        self, request: Any, order: Order, form: Any, title: str
    ) -> TemplateResponse:
        visible = [field.name for field in form.visible_fields()]
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "subtitle": order,
            "opts": self.opts,
            "media": self.media,
            "original": order,
            "back": self.url_of(request, order),
            "form": form,
            "adminform": AdminForm(form, [(None, {"fields": visible})], {}),
        }
        return TemplateResponse(request, "admin/store/order_correction.html", context)
