"""Products as visitors read them: queries compiled once, rows to bytes, no model instances."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson
from django.db.models import BigAutoField, QuerySet
from rest_framework.utils.urls import remove_query_param, replace_query_param

from ..models import Product
from ..models.statements import Statement
from ..serializers.product_rows import COLUMNS, ProductRows
from .answers import Answer


class PagePlan:
    """How to read the page of a queryset at a URL; made once for as long as the catalogue stays."""

    def __init__(
        self, queryset: QuerySet[Product], *, url: str, number: int, size: int, keeps: bool
    ) -> None:
        self.queryset, self.number, self.keeps = queryset, number, keeps
        self.start, self.end = (number - 1) * size, number * size
        self.statement = Statement(queryset.values_list(*COLUMNS)[self.start : self.end])
        self.next_url = replace_query_param(url, "page", number + 1)
        self.previous_url = (
            replace_query_param(url, "page", number - 1)
            if number > 2
            else remove_query_param(url, "page")
        )
        self.known_count: int | None = None

    def count(self) -> int:
        if self.known_count is None or not self.keeps:
            self.known_count = self.queryset.count()
        return self.known_count

    def answer(self, products: ProductRows, address: str, allow: str) -> Answer | None:
        count = self.count()
        if self.number > 1 and self.start >= count:
            return None
        rows = self.statement.rows()
        body = {
            "count": count,
            "next": self.next_url if self.end < count else None,
            "previous": self.previous_url if self.number > 1 else None,
            "results": products.spelled(rows, address),
        }
        return product_answer(body, rows, allow, keeps=self.keeps)


def one_product(pk: int, products: ProductRows, address: str, allow: str) -> Answer | None:
    rows = product_by_id().rows([pk]) if pk <= BigAutoField.MAX_BIGINT else []
    if not rows:
        return None
    return product_answer(products.spelled(rows, address)[0], rows, allow, keeps=True)


@lru_cache(maxsize=1)
def product_by_id() -> Statement:
    return Statement(Product.objects.filter(pk=1).order_by().values_list(*COLUMNS))


def product_answer(body: Any, rows: Sequence[Any], allow: str, *, keeps: bool) -> Answer:
    stock = {row[0]: row[COLUMNS.index("inventory")] for row in rows}
    return Answer.shared(orjson.dumps(body), {"Allow": allow}, stock, keeps=keeps)
