from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from storefront.admin.actions import log_bulk_action, write_log

from ..exceptions import ImportConflict
from ..models import ImportKind, ImportRun
from ..services.import_values import RESOURCES
from ..services.imports import Sheet, apply_import, read_sheet, start_import, undo_import
from ..sheets.errors import UnreadableSheet
from ..sheets.reading import MAX_BYTES
from .import_pages import ImportPage
from .lists import ReadOnlyAdmin

# What somebody must be allowed to do with the rows of the shop.
RIGHTS = {
    ImportKind.PRODUCTS: ["store.add_product", "store.change_product"],
    ImportKind.STOCK: ["store.change_product"],
    ImportKind.COLLECTIONS: ["store.add_collection", "store.change_collection"],
    ImportKind.CUSTOMERS: ["store.change_customer"],
}


def kinds_of(user: Any) -> list[str]:
    """Return what somebody may import."""
    return [kind for kind, rights in RIGHTS.items() if user.has_perms(rights)]


class UploadForm(forms.Form):
    file = forms.FileField(
        label="Sheet",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        help_text=f"CSV or XLSX, at most {MAX_BYTES // 1024 // 1024} MB and 100,000 rows; the first row names the columns.",
    )
    kind = forms.ChoiceField(label="It is about", required=False)

    def __init__(self, *args: Any, kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds
        named = [(kind, label) for kind, label in ImportKind.choices if kind in kinds]
        choice: Any = self.fields["kind"]
        choice.choices = [("", "What its columns tell"), *named]
        self.sheet: Sheet | None = None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        file = cleaned.get("file")
        if file is None or self.errors:
            return cleaned
        try:
            # One byte more than is allowed tells enough.
            content = file.read(MAX_BYTES + 1)
            sheet = read_sheet(content=content, file_name=file.name, kind=cleaned["kind"])
        except UnreadableSheet as error:
            self.add_error("file", str(error))
            return cleaned
        if sheet.kind in self.kinds:
            self.sheet = sheet
        else:
            label = ImportKind(sheet.kind).label.lower()
            self.add_error("file", f"The sheet is about {label}, which you may not import.")
        return cleaned


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    """Sheets that were uploaded; each is checked on its page, applied there and taken back there."""

    list_display = [
        *("file_name", "kind", "state", "created_by", "created_at", "total", "wrong", "applied")
    ]
    list_filter = ["kind", "state", "created_at"]
    list_select_related = ["created_by"]
    ordering = ["-created_at", "-id"]
    sortable_by = ["created_at"]

    class Media:
        css = {"all": ["store/admin/shop.css", "store/admin/imports.css"]}
        js = [Script("store/admin/imports.js", defer=True)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportRun]:
        queryset: Any = super().get_queryset(request)
        match = request.resolver_match
        if match and "object_id" in match.kwargs:
            # Its page is refused, not missing.
            return queryset
        return queryset.filter(kind__in=kinds_of(request.user))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(kinds_of(request.user))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        kinds = kinds_of(request.user)
        return bool(kinds) if not isinstance(obj, ImportRun) else obj.kind in kinds

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(kinds_of(request.user))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        kinds = kinds_of(request.user)
        if not kinds:
            raise PermissionDenied
        if object_id is None:
            return self.upload(request, kinds)
        run: Any = self.get_object(request, object_id)
        if run is None:
            self.message_user(request, "This import is there no more.", messages.WARNING)
            return HttpResponseRedirect(reverse("admin:store_importrun_changelist"))
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        if request.method == "POST":
            self.carry_out(request, run)
            return HttpResponseRedirect(page_of(run))
        page = ImportPage(run, request)
        context = {**self.page_context(request, "Import", run), **page.context()}
        return TemplateResponse(request, "admin/store/import_run.html", context)

    def upload(self, request: Any, kinds: list[str]) -> HttpResponse:
        """Show the form of a new import, or check what was sent with it."""
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = UploadForm(*sent, kinds=kinds, initial={"kind": request.GET.get("kind", "")})
        if form.is_bound and form.is_valid() and form.sheet:
            run = start_import(sheet=form.sheet, by=request.user)
            self.log_addition(request, run, [{"added": {}}])
            return HttpResponseRedirect(page_of(run))
        context = {
            **self.page_context(request, "Import", None),
            "form": form,
            "adminform": AdminForm(cast(Any, form), [(None, {"fields": ["file", "kind"]})], {}),
            "columns": [
                (ImportKind(kind).label, RESOURCES[kind]().keys, RESOURCES[kind]().written())
                for kind in kinds
            ],
        }
        return TemplateResponse(request, "admin/store/import_upload.html", context)

    def page_context(self, request: HttpRequest, title: str, run: Any) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "subtitle": run and str(run),
            "opts": self.opts,
            "media": self.media,
            "original": run,
        }

    def carry_out(self, request: HttpRequest, run: ImportRun) -> None:
        """Apply an import or take it back, as its button says."""
        try:
            if "apply" in request.POST or "apply_good" in request.POST:
                leave_errors = "apply_good" in request.POST
                apply_import(run_id=run.pk, by=request.user, leave_errors=leave_errors)
                self.log(request, run, "Applied an import.", run.to_apply)
            elif "undo" in request.POST:
                undo_import(run_id=run.pk)
                self.log(request, run, "Took an import back.", run.applied)
        except ImportConflict as error:
            self.message_user(request, error.message, messages.WARNING)

    def log(self, request: HttpRequest, run: ImportRun, message: str, count: int) -> None:
        model = RESOURCES[run.kind].model()
        write_log(request, [], model, count, f"{message} ({run.file_name})")
        self.log_change(request, run, message)
        log_bulk_action(request, message.rstrip("."), model, count)


def page_of(run: ImportRun) -> str:
    return reverse("admin:store_importrun_change", args=[run.pk])
