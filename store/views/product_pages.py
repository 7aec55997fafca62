"""Products as visitors read them: queries compiled once, rows to bytes, no model instances."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson
from django.db.models import BigAutoField
from django.utils.functional import cached_property
from rest_framework.utils.urls import remove_query_param, replace_query_param

from ..models import Product
from ..models.listings import Listing
from ..models.statements import Statement
from ..serializers.product_rows import COLUMNS, ProductRows, links_last
from .answers import Answer


class PagePlan:
    """How to read the page of a list at a URL; made once for as long as the catalogue stays."""

    def __init__(self, listing: Listing, *, url: str, number: int, size: int) -> None:
        self.listing, self.number, self.size = listing, number, size
        self.start, self.end = (number - 1) * size, number * size
        self.is_far = listing.is_far(self.start)
        self.next_url = replace_query_param(url, "page", number + 1)
        self.previous_url = (
            replace_query_param(url, "page", number - 1)
            if number > 2
            else remove_query_param(url, "page")
        )

    @cached_property
    def statement(self) -> Statement:
        return Statement(self.listing.queryset.values_list(*COLUMNS)[self.start : self.end])

    def rows(self) -> list[Sequence[Any]]:
        if not self.is_far:
            return self.statement.rows()
        ids = self.listing.far_ids(self.start, self.size)
        rows = {row[0]: row for row in products_by_id(len(ids)).rows(ids)}
        # One that was deleted a moment ago is left out.
        return [rows[key] for key in ids if key in rows]

    def answer(self, products: ProductRows, address: str, allow: str) -> Answer | None:
        count = self.listing.count()
        if self.number > 1 and self.start >= count:
            return None
        rows = self.rows()
        body = {
            "count": count,
            "next": self.next_url if self.end < count else None,
            "previous": self.previous_url if self.number > 1 else None,
            "results": products.spelled(rows, address),
        }
        return product_answer(body, rows, allow, keeps=self.listing.lasts)


def one_product(pk: int, products: ProductRows, address: str, allow: str) -> Answer | None:
    rows = products_by_id(1).rows([pk]) if pk <= BigAutoField.MAX_BIGINT else []
    if not rows:
        return None
    return product_answer(products.spelled(rows, address)[0], rows, allow, keeps=True)


@lru_cache(maxsize=128)
def products_by_id(products: int) -> Statement:
    """Return what reads so many products; run it with their ids."""
    found = Product.objects.filter(pk__in=range(1, products + 1)).order_by()
    return Statement(found.values_list(*COLUMNS))


def product_answer(body: Any, rows: Sequence[Any], allow: str, *, keeps: bool) -> Answer:
    stock = {row[0]: row[COLUMNS.index("inventory")] for row in rows}
    # Copied, because orjson leaves its buffer of 4 KB around a small body.
    content = bytes(memoryview(orjson.dumps(body)))
    return Answer.shared(content, {"Allow": allow}, stock, keeps=keeps and links_last())
