from functools import partial
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

from .models import Product
from .models.listings import Listing


class ListingPaginator(Paginator):
    """Pages of a queryset whose length and order a listing knows."""

    def __init__(self, queryset: QuerySet[Product], per_page: int, listing: Listing) -> None:
        super().__init__(queryset, per_page)
        self.queryset, self.listing = queryset, listing

    @property
    def count(self) -> int:
        return self.listing.count()

    def page(self, number: Any) -> Page:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        if not self.listing.is_far(start):
            return super().page(number)
        ids = self.listing.far_ids(start, self.per_page)
        return Page(self.queryset.filter(pk__in=ids), number, self)


class DefaultPagination(PageNumberPagination):
    page_size = 10
    page_size_query_param = "page_size"
    max_page_size = 100
    django_paginator_class: Any = Paginator

    def page_through(self, listing: Listing) -> None:
        """Take the length and the order of the list that is paged from a listing of it."""
        self.django_paginator_class = partial(ListingPaginator, listing=listing)

    def position(self, request: Request) -> tuple[int, int] | None:
        """Return the number and the size of the page asked for; None for a word, or what is no page."""
        text = request.query_params.get(self.page_query_param) or "1"
        size = self.get_page_size(request)
        if size and text.isascii() and text.isdecimal() and len(text) < 10 and int(text):
            return int(text), size
        return None
