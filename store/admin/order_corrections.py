"""What staff correct of one order, each on a page of its own."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from ..exceptions import StoreError
from ..models import Order
from ..services.shipments import SENT, correct_tracking
from ..services.transactions import lost_a_race, retrying_transaction
from .order_forms import TrackingForm
from .order_moves import BUSY, GONE, MovingAdmin

TRACKING = "Correct the tracking"


class CorrectedTrackingForm(TrackingForm):
    """Names the tracking that its person saw."""

    seen_carrier = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    seen_number = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)


class CorrectingAdmin(MovingAdmin):
    """Corrects what an order says, after a form on a page of its own."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.tracking_view)
        route = "<path:object_id>/tracking/"
        return [path(route, view, name="store_order_tracking"), *super().get_urls()]

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
            context["corrects_tracking"] = self.may_correct_tracking(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def may_correct_tracking(self, request: HttpRequest, order: Order) -> bool:
        may_change = self.has_view_or_change_permission(request)
        return may_change and self.has_change_permission(request) and order.status in SENT

    def tracking_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the tracking of a shipped order in a form, and correct it."""
        order = self.order_to_correct(request, object_id)
        if isinstance(order, HttpResponse):
            return order
        initial = {
            "carrier": order.carrier,
            "tracking_number": order.tracking_number,
            "seen_carrier": order.carrier,
            "seen_number": order.tracking_number,
        }
        if order.status not in SENT:
            self.message_user(request, f"The order is {order.status} now.", messages.ERROR)
            return HttpResponseRedirect(self.url_of(request, order))
        form = CorrectedTrackingForm(request.POST or None, initial=initial)
        if not form.is_valid():
            return self.correction_page(request, order, form, TRACKING)
        return self.correct(request, order, TRACKING, self.save_tracking, form)

    def save_tracking(self, request: HttpRequest, order: Order, form: forms.Form) -> None:
        said = form.cleaned_data
        correct_tracking(
            order=order,
            carrier=said["carrier"],
            tracking_number=said["tracking_number"],
            by=request.user,
            seen=(said["seen_carrier"], said["seen_number"]),
        )

    def order_to_correct(self, request: HttpRequest, object_id: str) -> Any:
        """Return the order, or the way back where it is gone; raises PermissionDenied."""
        if not (
            self.has_view_or_change_permission(request) and self.has_change_permission(request)
        ):
            raise PermissionDenied
        order: Any = self.get_object(request, object_id)
        if order is None:
            self.message_user(request, GONE, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:store_order_changelist"))
        return order

    def correct(
        self,
        request: HttpRequest,
        order: Order,
        title: str,
        save: Callable[[HttpRequest, Order, Any], None],
        form: forms.Form,
    ) -> HttpResponse:
        """Save a correction and log it; show the form again, as it was filled in, where the shop refuses."""

        @retrying_transaction
        def write() -> None:
            save(request, order, form)
            self.log_change(request, order, f"{title}.")

        try:
            write()
        except StoreError as error:
            form.add_error(None, error.message)
        except OperationalError as error:
            if not lost_a_race(error):
                raise
            form.add_error(None, BUSY)
        except Order.DoesNotExist:
            self.message_user(request, GONE, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:store_order_changelist"))
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
