from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from rest_framework.exceptions import NotFound
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

if TYPE_CHECKING:
    # The settings name this module, and rest_framework.views reads them while it is imported.
    from rest_framework.views import APIView

PAGE_SIZE = 100
# A row is some ten times as long in the browsable API.
BROWSED_PAGE_SIZE = 20


class LinkHeaderPagination(BasePagination):
    """A plain array of at most 100 rows; the neighbours are in the Link header (RFC 8288)."""

    template = "rest_framework/pagination/previous_and_next.html"

    def paginate_queryset(
        self, queryset: QuerySet, request: Request, view: APIView | None = None
    ) -> list[Any]:
        self.url = request.build_absolute_uri()
        self.page = self.page_number(request)
        browsed = request.accepted_renderer.format == "api"
        size = BROWSED_PAGE_SIZE if browsed else PAGE_SIZE
        start = (self.page - 1) * size
        # One row more than is shown tells whether there is a next page, without a COUNT.
        rows = list(queryset[start : start + size + 1])
        if not rows and self.page > 1:
            raise NotFound("Invalid page.")
        self.has_next = len(rows) > size
        self.display_page_controls = self.has_next or self.page > 1
        return rows[:size]

    def page_number(self, request: Request) -> int:
        text = request.query_params.get("page") or "1"
        if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text)):
            raise NotFound("Invalid page.")
        return int(text)

    def next_url(self) -> str | None:
        return replace_query_param(self.url, "page", self.page + 1) if self.has_next else None

    def previous_url(self) -> str | None:
        if self.page > 2:
            return replace_query_param(self.url, "page", self.page - 1)
        return remove_query_param(self.url, "page") if self.page == 2 else None

    def get_paginated_response(self, data: Any) -> Response:
        neighbours = {"next": self.next_url(), "prev": self.previous_url()}
        links = [f'<{url}>; rel="{name}"' for name, url in neighbours.items() if url]
        return Response(data, headers={"Link": ", ".join(links)} if links else None)

    def to_html(self) -> str:
        urls = {"next_url": self.next_url(), "previous_url": self.previous_url()}
        return render_to_string(self.template, urls)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return schema

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": "page",
                "in": "query",
                "required": False,
                "description": f"Page of {PAGE_SIZE} rows; the Link header names the next one.",
                "schema": {"type": "integer", "minimum": 1},
            }
        ]
