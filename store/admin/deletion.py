from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import quote
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from storefront.admin.actions import delete_selected, intermediate_page_action
from storefront.admin.options import ConcurrentEditAdmin

from ..exceptions import StoreError
from ..services.transactions import retrying_transaction

# Blocking rows that a refusal names, before it only says that there are more.
LISTED = 10


def reason(error: Exception) -> str:
    """Say why a deletion failed: the shop's refusal, or a row that somebody else deleted first."""
    return getattr(error, "message", "Somebody else was faster.")


class ServiceDeletionAdmin(ConcurrentEditAdmin):
    """Deletes through a service of the shop, all that is selected or nothing, and shows its refusal.

    The confirmation page names what stands in the way; once confirmed, the service alone decides.
    """

    actions = ["delete_selected"]
    delete_confirmation_template = "admin/store/delete_confirmation.html"
    delete_selected_confirmation_template = "admin/store/delete_selected_confirmation.html"
    # What the service raises: an exception with a message for people.
    refusal: type[Any] = StoreError
    # On the page that asks; what `refusal` says unless there are several reasons.
    refusal_text = ""

    def delete_row(self, row: Any) -> None:
        """Call the service that deletes one row."""
        raise NotImplementedError

    def blockers(self, rows: Sequence[Any]) -> QuerySet:
        """Return the rows, of a model with an admin, because of which the service would refuse."""
        raise NotImplementedError

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.delete_row(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        # The rows that were confirmed and logged, in the order in which locks are taken.
        for row in sorted(queryset, key=attrgetter("pk")):
            self.delete_row(row)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        extra_context = {
            **(extra_context or {}),
            "refusal": self.refusal_text or self.refusal().message,
        }
        if request.method != "POST":
            return super().delete_view(request, object_id, extra_context)
        try:
            return retrying_transaction(super().delete_view)(request, object_id, extra_context)
        except (self.refusal, StoreError, ObjectDoesNotExist) as error:
            self.message_user(request, reason(error), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    @intermediate_page_action(
        permissions=["delete"], description="Delete selected %(verbose_name_plural)s"
    )
    def delete_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        try:
            page = delete_selected(self, request, queryset, in_transaction=retrying_transaction)
        except (self.refusal, StoreError, ObjectDoesNotExist) as error:
            self.message_user(request, f"{reason(error)} Nothing was deleted.", messages.ERROR)
            return None
        if isinstance(page, TemplateResponse) and page.context_data is not None:
            page.context_data["refusal"] = self.refusal_text or self.refusal().message
        return page

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        """Return what would be deleted, or a bounded list of what stands in the way."""
        blockers = list(self.blockers(list(objs))[: LISTED + 1])
        if not blockers:
            return self.rows_to_delete(objs, request)
        if "post" in request.POST:
            return [], {}, set(), []
        names: list[Any] = [self.link_to(row) for row in blockers[:LISTED]]
        return [], {}, set(), names + ["…"] * (len(blockers) > LISTED)

    def rows_to_delete(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        return super().get_deleted_objects(objs, request)

    def link_to(self, row: Model) -> SafeString:
        view = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
        return format_html('<a href="{}">{}</a>', reverse(view, args=[quote(row.pk)]), row)
