from typing import Any

from django.core.paginator import Page, Paginator
from rest_framework.pagination import PageNumberPagination

from .listings import Listing, listing_of


class ListingPaginator(Paginator):
    """Pages of a queryset whose length and order a listing remembers."""

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


class DefaultPagination(PageNumberPagination):
    page_size = 10
    page_size_query_param = "page_size"
    max_page_size = 100
    django_paginator_class: Any = ListingPaginator
