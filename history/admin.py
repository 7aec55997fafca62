from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from storefront.admin.permissions import ReadOnlyMixin

from .display import told
from .exceptions import NotTakenBack
from .models import Change, Operation
from .taking_back import take_back

# Changes of a page.
SHOWN = 50


class HistoryMixin(admin.ModelAdmin):
    """Shows at a row who changed which of its fields, from and to."""

    object_history_template = "admin/history/row.html"

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        key = row.pk if row is not None else object_id
        changes = Change.objects.of(self.model, key).select_related("changed_by", "operation")
        page = Paginator(changes, SHOWN).get_page(request.GET.get("p"))
        context = {"changes": told(self.model, page), "changes_page": page}
        return super().history_view(request, object_id, {**context, **(extra_context or {})})


@admin.register(Operation)
class OperationAdmin(ReadOnlyMixin, admin.ModelAdmin):
    """What was changed at once, and can be taken back while nobody has changed the rows since."""

    list_display = ["label", "rows", "made_by", "made_at", "state"]
    list_select_related = ["made_by"]
    list_filter = ["made_at"]
    search_fields = ["label"]
    show_full_result_count = False
    change_form_template = "admin/history/operation.html"
    fields = ["label", "made_by", "made_at", "state"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Operation]:
        operations = super().get_queryset(request).select_related("taken_back_by", "takes_back")
        return operations.annotate(rows_count=Count("changes"))

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.take_back_view)
        route = path("<uuid:key>/take-back/", view, name="history_operation_take_back")
        return [route, *super().get_urls()]

    @admin.display(ordering="rows_count")
    def rows(self, operation: Any) -> int:
        count: int = operation.rows_count
        return count

    @admin.display
    def state(self, operation: Operation) -> str:
        if operation.taken_back_by_id:
            return "Taken back"
        return "Takes another one back" if hasattr(operation, "takes_back") else "Made"

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            changes = list(obj.changes.order_by("pk").prefetch_related("content_object")[:SHOWN])
            context["changes"] = [
                told(model, [each for each in changes if each.content_type.model_class() is model])
                for model in dict.fromkeys(each.content_type.model_class() for each in changes)
            ]
            context["more"] = max(0, obj.rows_count - SHOWN)
            context["may_take_back"] = not obj.taken_back_by_id and self.may_change(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def may_change(self, request: HttpRequest, operation: Operation) -> bool:
        """Tell whether somebody may change all kinds of rows that an operation has changed."""
        kinds = operation.changes.order_by().values_list(
            "content_type__app_label", "content_type__model"
        )
        found = [f"{app}.change_{model}" for app, model in kinds.distinct()]
        return bool(found) and request.user.has_perms(found)

    def take_back_view(self, request: HttpRequest, key: Any) -> HttpResponse:
        """Ask, and on POST take an operation back."""
        operation = Operation.objects.filter(pk=key).first()
        if operation is None or not self.has_view_permission(request, operation):
            raise Http404
        if not self.may_change(request, operation):
            raise PermissionDenied
        url = reverse("admin:history_operation_change", args=[operation.pk])
        if request.method != "POST":
            return TemplateResponse(request, "admin/history/take_back.html", {
                **self.admin_site.each_context(request),
                "title": f"Take back: {operation.label}",
                "opts": self.opts,
                "operation": operation,
                "count": operation.changes.count(),
                "back": url,
            })
        try:
            take_back(operation=operation, by=request.user)
        except NotTakenBack as refusal:
            self.message_user(request, refusal.detail, messages.ERROR)
        else:
            self.message_user(request, f"“{operation.label}” was taken back.", messages.SUCCESS)
        return HttpResponseRedirect(url)


