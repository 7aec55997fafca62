from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from storefront.admin.options import ConcurrentEditAdmin
from storefront.admin.permissions import ReadOnlyMixin

from .display import told
from .exceptions import NotTakenBack
from .models import Change, Operation
from .recording import RecordedModel
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
        keys = [] if row is None else [row.pk]
        changes = Change.objects.of(self.model, *keys).select_related("changed_by", "operation")
        page = Paginator(changes, SHOWN).get_page(request.GET.get("p"))
        visible = self.fields_told(request, row)
        context = {"changes": told(self.model, page, visible), "changes_page": page}
        return super().history_view(request, object_id, {**context, **(extra_context or {})})

    def fields_told(self, request: HttpRequest, row: Any) -> list[Any] | None:
        """Return the fields that somebody may see of a row's changes; None: all, as who may change it."""
        if row is None or self.has_change_permission(request, row):
            return None
        return flatten_fieldsets(self.get_fieldsets(request, row))


@admin.register(Operation)
class OperationAdmin(ReadOnlyMixin, ConcurrentEditAdmin):
    """What was changed at once, and can be taken back while nobody has changed the rows since."""

    list_display = ["label", "size", "made_by", "made_at", "state"]
    list_select_related = ["made_by"]
    list_filter = ["made_at"]
    search_fields = ["label"]
    show_full_result_count = False
    change_form_template = "admin/history/operation.html"
    fields = ("label", "size", "made_by", "made_at", "state")
    readonly_fields = ("label", "size", "made_by", "made_at", "state")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Operation]:
        return super().get_queryset(request).select_related("takes_back")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.take_back_view)
        route = path("<uuid:key>/take-back/", view, name="history_operation_take_back")
        return [route, *super().get_urls()]

    @admin.display
    def state(self, operation: Operation) -> str:
        if operation.taken_back_by_id:
            return "Taken back"
        return "Takes another one back" if hasattr(operation, "takes_back") else "Made"

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
            changes = list(obj.changes.order_by("pk").prefetch_related("content_object")[:SHOWN])
            context["changes"] = [
                told(model, [each for each in changes if each.content_type.model_class() is model])
                for model in dict.fromkeys(each.content_type.model_class() for each in changes)
            ]
            context["more"] = max(0, obj.size - SHOWN)
            context["may_take_back"] = not obj.taken_back_by_id and self.may_change(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

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
            return TemplateResponse(
                request,
                "admin/history/take_back.html",
                {
                    **self.admin_site.each_context(request),
                    "title": f"Take back: {operation.label}",
                    "opts": self.opts,
                    "operation": operation,
                    "count": operation.size,
                    "back": url,
                },
            )
        try:
            take_back(operation=operation, by=request.user)
        except NotTakenBack as refusal:
            self.message_user(request, refusal.detail, messages.ERROR)
        else:
            self.message_user(request, f"“{operation.label}” was taken back.", messages.SUCCESS)
        return HttpResponseRedirect(url)


class ModelFilter(admin.SimpleListFilter):
    """Of the models that are recorded, without asking which of them were changed."""

    title = "kind of row"
    parameter_name = "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        recorded = [model for model in apps.get_models() if issubclass(model, RecordedModel)]
        told = [model for model in recorded if not model.told_at]
        return [(model._meta.label_lower, str(model._meta.verbose_name)) for model in told]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Change]) -> QuerySet[Change]:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        model = apps.get_model(str(self.value()))
        return queryset.filter(content_type=ContentType.objects.get_for_model(model))


@admin.register(Change)
class ChangeAdmin(ReadOnlyMixin, ConcurrentEditAdmin):
    """All that was changed, of rows that are gone too."""

    list_display = ["changed_at", "changed_by", "door", "what", "kind", "names"]
    list_display_links = None
    list_filter = [ModelFilter, "door", "kind", "changed_at"]
    list_select_related = ["changed_by", "content_type"]
    search_fields = ["changed_by__username__istartswith", "=object_id"]
    search_help_text = "The id of a row, or how the user name of who changed it begins."
    show_full_result_count = False

    @admin.display(description="row")
    def what(self, change: Change) -> str:
        return f"{change.content_type.name} {change.object_id}"

    @admin.display(description="fields")
    def names(self, change: Change) -> str:
        return ", ".join(change.fields)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_view_permission(request)
