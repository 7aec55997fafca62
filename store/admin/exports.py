import logging
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import slugify

from storefront.admin.list_tools import ListTool, with_list_tools

from ..services.exports import Export
from ..sheets.writing import csv_chunks, workbook_file

logger = logging.getLogger(__name__)

FORMATS = {"csv": "CSV", "xlsx": "XLSX"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ExportingAdmin(admin.ModelAdmin):
    """A list whose rows can be had as a sheet: those that its filters and its search leave."""

    def get_urls(self) -> list[Any]:
        opts = self.opts
        name = f"{opts.app_label}_{opts.model_name}_export"
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/<slug:file_format>/", view, name=name), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_export"
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        tools = [
            ListTool(f"Export {label}", reverse(name, args=[file_format]) + query, is_file=True)
            for file_format, label in FORMATS.items()
        ]
        return super().changelist_view(request, with_list_tools(extra_context, *tools))

    def export_view(self, request: HttpRequest, file_format: str) -> HttpResponseBase:
        """Answer with the file of a filtered list, and log who has got how many rows."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if file_format not in FORMATS:
            raise Http404
        list_url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
            export = Export(rows)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(f"{list_url}?e=1")
        name = f"{slugify(str(self.opts.verbose_name_plural))}-{timezone.localdate()}.{file_format}"
        logger.info(
            "User %s: export of %d x %s as %s",
            *(request.user.pk, len(export.keys), self.opts.label, file_format),
        )
        if file_format == "xlsx":
            file = workbook_file(export.head, export.rows())
            return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
        response = StreamingHttpResponse(
            encoded(csv_chunks(export.head, export.rows())), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def encoded(chunks: Iterator[str]) -> Iterator[bytes]:
    return (chunk.encode() for chunk in chunks)
