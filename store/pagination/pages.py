from typing import Any

from django.core.paginator import EmptyPage, Page, Paginator
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response

from ..fulltext.plans import plan
from ..search_limits import search_limit
from .listings import Listing, listing_of

# Beyond every page that there is, and within what databases count.
FURTHEST_PAGE = 10**9


class ListingPaginator(Paginator):
    """Pages of a queryset whose length and order a listing remembers."""

    is_capped = False

    def __init__(self, queryset: Any, per_page: int, **kwargs: Any) -> None:
        super().__init__(queryset, per_page, **kwargs)
        self.queryset = queryset
        self.listing: Listing = listing_of(queryset)

    @property
    def count(self) -> int:
        return self.listing.count(self.queryset)

    def page(self, number: Any) -> Page:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        return Page(self.listing.rows(self.queryset, start, self.per_page), number, self)


class FoundPaginator(Paginator):
    """Pages of what was searched for, of which no more is counted than matters."""

    def __init__(self, queryset: Any, per_page: int, **kwargs: Any) -> None:
        self.plan = plan(queryset, queryset.names)
        super().__init__(self.plan.products, per_page, **kwargs)
        self.is_capped = self.plan.is_capped

    @property
    def count(self) -> int:
        return self.plan.count

    def validate_number(self, number: Any) -> int:
        try:
            return super().validate_number(number)
        except EmptyPage:
            # Of what is counted in part, there may be a page beyond.
            if self.is_capped and 1 <= int(number) <= FURTHEST_PAGE:
                return int(number)
            raise

    def page(self, number: Any) -> Page:
        if not self.is_capped:
            return super().page(number)
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        # A row more than is shown tells whether there is a next page.
        rows = [*self.object_list[start : start + self.per_page + 1]]
        if not rows:
            raise EmptyPage(self.error_messages["no_results"])
        # A page that is shown as HTML links to the last one that is known.
        self.num_pages = max(self.num_pages, number + (len(rows) > self.per_page))
        return FoundPage(rows[: self.per_page], number, self, len(rows) > self.per_page)


class FoundPage(Page):
    def __init__(self, rows: Any, number: int, paginator: Paginator, has_more: bool) -> None:
        super().__init__(rows, number, paginator)
        self.has_more = has_more

    def has_next(self) -> bool:
        return self.has_more


def paginator_of(queryset: Any, per_page: int) -> Paginator:
    kind = FoundPaginator if getattr(queryset, "finding", None) else ListingPaginator
    return kind(queryset, per_page)


class DefaultPagination(PageNumberPagination):
    page_size = 10
    page_size_query_param = "page_size"
    max_page_size = 100
    django_paginator_class: Any = staticmethod(paginator_of)

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        with search_limit(queryset):
            return super().paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        response = super().get_paginated_response(data)
        page: Any = self.page
        if page.paginator.is_capped:
            response.data["count_is_capped"] = True
        return response

    def get_paginated_response_schema(self, schema: Any) -> Any:
        bounded = {**schema, "maxItems": self.max_page_size}
        found = super().get_paginated_response_schema(bounded)
        found["properties"]["count"]["minimum"] = 0
        found["properties"]["count_is_capped"] = {
            "type": "boolean",
            "x-left-out": True,
            "description": "There are more than `count`, which `next` leads to. Only sent then.",
        }
        return found

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        sizes = {"minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        bounds = {self.page_query_param: {"minimum": 1}, self.page_size_query_param: sizes}
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            parameter["schema"].update(bounds.get(parameter["name"], {}))
        return parameters
