import logging
from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, AdminForm
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from storefront.admin.actions import MAX_SELECTED, log_bulk_action
from storefront.admin.refusals import PermissionMissing

from ..exceptions import OrderStatusConflict, StoreError
from ..models import Order
from ..services.order_status import change_order_status
from ..services.transactions import lost_a_race, retrying_transaction
from .deletion import LISTED
from .order_forms import ReasonForm
from .order_steps import STEPS, Step, action_for, effects

logger = logging.getLogger(__name__)

ACTIONS = [action_for(step) for step in STEPS.values()]
GONE = "The order has been deleted meanwhile."
BROKEN = "An unexpected error stopped it; nothing was changed, and the error is logged."
BUSY = "Others were changing the order or its products; please try again."


class MovingAdmin(admin.ModelAdmin):
    """Moves orders along their life, one by a button or many by an action, after a page that asks."""

    change_form_template = "admin/store/order_change.html"

    def has_move_permission(self, request: HttpRequest, step: Step) -> bool:
        """Tell whether somebody may make a step, of whatever order it is."""
        allowed = {"change": self.has_change_permission, "cancel": self.has_cancel_permission}
        return self.has_view_or_change_permission(request) and allowed[step.right](request)

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("store.cancel_order")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.move_view)
        route = "<path:object_id>/move/<slug:status>/"
        return [path(route, view, name="store_order_move"), *super().get_urls()]

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
            context["steps"] = [
                step
                for step in STEPS.values()
                if step.may_follow(obj.status) and self.has_move_permission(request, step)
            ]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def move_view(self, request: HttpRequest, object_id: str, status: str) -> HttpResponse:
        """Ask whether to make a step with one order, and make it once confirmed."""
        step = STEPS.get(status)
        if step is None:
            raise Http404
        if not self.has_move_permission(request, step):
            raise PermissionMissing("store.view_order", f"store.{step.right}_order")
        order: Any = self.get_object(request, object_id)
        if order is None:
            self.message_user(request, GONE, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:store_order_changelist"))
        form = step.form(request.POST if request.method == "POST" else None)
        if form.is_valid():
            self.move_one(request, order, step, form.cleaned_data)
        elif form.is_bound or step.may_follow(order.status):
            return self.move_page(request, step, form, [order], original=order)
        else:
            self.message_user(request, f"The order is {order.status} now.", messages.ERROR)
        return HttpResponseRedirect(self.url_of(request, order))

    def move_one(
        self, request: HttpRequest, order: Order, step: Step, said: dict[str, str]
    ) -> None:
        seen = request.POST.get("seen", "")
        if refusal := self.try_to_move(request, order.pk, step, said, seen):
            self.message_user(request, refusal, messages.ERROR)
        else:
            self.message_user(request, f"{order} was {step.done}.", messages.SUCCESS)

    def try_to_move(
        self,
        request: HttpRequest,
        pk: int,
        step: Step,
        said: dict[str, str],
        seen: str,
        unforeseen: type[Exception] = DatabaseError,
    ) -> str | None:
        """Make a step, or return why it was not made; what is `unforeseen` is logged."""
        try:
            self.move(request, pk, step, said, seen=seen)
        except StoreError as error:
            return error.message
        except Order.DoesNotExist:
            return GONE
        except (OperationalError, InterfaceError) as error:
            # A database that is away would be waited for again with each order.
            if not lost_a_race(error):
                raise
            logger.warning("Order %s was not moved", pk, exc_info=error)
            return BUSY
        except unforeseen:
            logger.exception("Order %s was not moved", pk)
            return BROKEN
        return None

    @retrying_transaction
    def move(self, request: Any, pk: Any, step: Step, said: dict[str, str], seen: str) -> None:
        """Make a step and log it; raises OrderStatusConflict also where somebody has made it already."""
        order = Order.objects.select_for_update().get(pk=pk)
        if order.status == step.status:
            raise OrderStatusConflict(f"The order is {step.status} already.")
        moved = change_order_status(
            order=order, status=step.status, by=request.user, seen=seen, **said
        )
        self.log_change(request, moved, f"{step.verb}.")

    def changelist_view(self, request: Any, extra_context: Any = None) -> HttpResponse:
        wanted = {*request.POST.getlist("action")} & {action.__name__ for action in ACTIONS}
        if wanted and not wanted <= {*self.get_actions(request)}:
            steps = [step for step in STEPS.values() if f"move_to_{step.status}" in wanted]
            raise PermissionMissing(*(f"store.{step.right}_order" for step in steps))
        return super().changelist_view(request, extra_context)

    def move_selected(
        self, request: HttpRequest, queryset: QuerySet[Order], step: Step
    ) -> HttpResponse | None:
        """Ask whether to make a step with the orders chosen in the list, and make it once confirmed."""
        if queryset.count() > MAX_SELECTED:
            message = f"At most {MAX_SELECTED} can be changed at once. Nothing was changed."
            self.message_user(request, message, messages.ERROR)
            return None
        form = ReasonForm(request.POST if "post" in request.POST else None)
        if not form.is_valid():
            return self.move_page(request, step, form, list(queryset))
        self.move_each(request, step, form.cleaned_data)
        return None

    def move_each(self, request: HttpRequest, step: Step, said: dict[str, str]) -> None:
        # As they were confirmed: a filter of the list may have lost one that changed meanwhile.
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        keys = sorted({int(key) for key in chosen if key.isdecimal()})
        pairs = [pair.partition(":") for pair in request.POST.get("seen", "").split()]
        seen = {key: status for key, _, status in pairs}
        refusals: list[SafeString] = []
        for key in keys:
            # Whatever is wrong with one must not keep back those behind it.
            refusal = self.try_to_move(
                request, key, step, said, seen.get(str(key), ""), unforeseen=Exception
            )
            if refusal:
                refusals.append(format_html("Order {}: {}", key, refusal))
        if moved := len(keys) - len(refusals):
            log_bulk_action(request, f"move_to_{step.status}", Order, moved)
        self.report(request, step, moved, refusals)

    def report(
        self, request: HttpRequest, step: Step, moved: int, refusals: list[SafeString]
    ) -> None:
        """Say how many orders were moved, and why the others were not."""
        if moved:
            message = ngettext("%d order was %s.", "%d orders were %s.", moved)
            self.message_user(request, message % (moved, step.done), messages.SUCCESS)
        if refusals:
            message = ngettext("%d order was not %s:", "%d orders were not %s:", len(refusals))
            lines = [message % (len(refusals), step.done), *refusals[:LISTED]]
            if len(refusals) > LISTED:
                lines.append(f"and {len(refusals) - LISTED} more")
            listed = format_html_join(SafeString("<br>"), "{}", ([line] for line in lines))
            self.message_user(request, listed, messages.ERROR)

    def move_page(
        self,
        request: Any,
        step: Step,
        form: ReasonForm,
        orders: Sequence[Order],
        original: Order | None = None,
    ) -> TemplateResponse:
        movable = [order for order in orders if step.may_follow(order.status)]
        context = {
            **self.admin_site.each_context(request),
            "title": step.verb,
            "subtitle": original,
            "opts": self.opts,
            "media": self.media,
            "original": original,
            "back": self.url_of(request, original),
            "step": step,
            "orders": [(order, step.may_follow(order.status)) for order in orders],
            "movable": len(movable),
            "effects": effects(step, movable),
            "form": form,
            "adminform": AdminForm(form, [(None, {"fields": [*form.fields]})], {}),
            "action": f"move_to_{step.status}",
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
            # In one field: Django takes no more than a thousand.
            "seen": " ".join(f"{order.pk}:{order.status}" for order in orders),
        }
        return TemplateResponse(request, "admin/store/order_move.html", context)

    def url_of(self, request: HttpRequest, order: Model | None) -> str:
        """Return the address of an order's page, or of the list, as it was filtered."""
        if order is None:
            return request.get_full_path()
        filters: Any = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        return add_preserved_filters(filters, reverse("admin:store_order_change", args=[order.pk]))
