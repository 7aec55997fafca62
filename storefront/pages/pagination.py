from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings
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
    """A plain array of at most 100 rows; the neighbours are in the Link header (RFC 8288).

    A page ends early where more rows would exceed PAGE_BYTES; `start` then counts the rows before the next one.
    """

    template = "rest_framework/pagination/previous_and_next.html"

    def paginate_queryset(
        self, queryset: QuerySet, request: Request, view: APIView | None = None
    ) -> list[Any]:
        self.url = request.build_absolute_uri()
        self.page = self.number(request, "page", 1)
        browsed = request.accepted_renderer.format == "api"
        self.size = BROWSED_PAGE_SIZE if browsed else PAGE_SIZE
        self.is_counted = not request.query_params.get("start")
        self.start = (self.page - 1) * self.size
        if not self.is_counted:
            self.start = self.number(request, "start", 0)
        # One row more than is shown tells whether there is a next page, without a COUNT.
        rows = list(queryset[self.start : self.start + self.size + 1])
        if not rows and self.start:
            raise NotFound("Invalid page.")
        self.end = self.start + self.size if len(rows) > self.size else None
        self.display_page_controls = bool(self.end or self.start)
        return self.cut(rows[: self.size], [getattr(row, "deferred_length", 0) for row in rows])

    def number(self, request: Request, name: str, least: int) -> int:
        text = request.query_params.get(name) or str(least)
        if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
            raise NotFound("Invalid page.")
        return int(text)

    def cut(self, rows: list[Any], lengths: Iterable[int]) -> list[Any]:
        """Leave out the rows, but never the first, with which the page would exceed PAGE_BYTES."""
        sums = list(accumulate(lengths))[: len(rows)]
        fitting = max(1, bisect(sums, settings.PAGE_BYTES))
        if fitting < len(rows):
            self.end, self.is_counted = self.start + fitting, False
            self.display_page_controls = True
        return rows[:fitting]

    def next_url(self) -> str | None:
        if self.end is None:
            return None
        if self.is_counted:
            return replace_query_param(self.url, "page", self.page + 1)
        return replace_query_param(remove_query_param(self.url, "page"), "start", self.end)

    def previous_url(self) -> str | None:
        if not self.is_counted or self.page == 1:
            # Where the page before a row began is not known once pages end early.
            return None
        if self.page > 2:
            return replace_query_param(self.url, "page", self.page - 1)
        return remove_query_param(self.url, "page")

    def get_paginated_response(self, data: Any) -> Response:
        if size_of(data) > settings.PAGE_BYTES:
            data = self.cut(list(data), map(size_of, data))
        neighbours = {"next": self.next_url(), "prev": self.previous_url()}
        links = [f'<{url}>; rel="{name}"' for name, url in neighbours.items() if url]
        return Response(data, headers={"Link": ", ".join(links)} if links else None)

    def to_html(self) -> str:
        urls = {"next_url": self.next_url(), "previous_url": self.previous_url()}
        return render_to_string(self.template, urls)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {**schema, "maxItems": PAGE_SIZE}

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": "page",
                "in": "query",
                "required": False,
                "description": f"Page of {PAGE_SIZE} rows; the Link header names the next one.",
                "schema": {"type": "integer", "minimum": 1},
            },
            {
                "name": "start",
                "in": "query",
                "required": False,
                "description": "Rows to skip, in place of `page`: in the link to the next page where one "
                "ends early, because more rows would make it too long.",
                "schema": {"type": "integer", "minimum": 0},
            },
        ]


def size_of(data: Any) -> int:
    """Return about how many bytes of JSON these are."""
    return len(orjson.dumps(data, default=str, option=orjson.OPT_PASSTHROUGH_DATETIME))
