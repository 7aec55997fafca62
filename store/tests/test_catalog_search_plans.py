"""Words are looked up in the index of words, as each database itself explains it."""

import pytest
from django.db import connection

from store.fulltext import match_order
from store.models import Product

pytestmark = pytest.mark.django_db
INDEX = {
    "postgresql": "Bitmap Index Scan on product_words",
    "mysql": "fulltext product_words",
    "sqlite": "SCAN store_product_words VIRTUAL TABLE",
}[connection.vendor]


@pytest.fixture
def plan():
    def plan(queryset):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                # A small table is read as a whole, or sorted, whatever there is for a large one.
                for way in ("seqscan", "sort"):
                    cursor.execute(f"SET LOCAL enable_{way} = off")
        return queryset.explain()

    return plan


@pytest.mark.parametrize("words", [["iron"], ["iron", "pan"], ["a"], ["the", "iron"]])
def test_page_and_count_read_the_index_in_any_order(product, plan, words, subtests):
    products = Product.objects.matching(words)

    for names in [["-rank", "id"], ["title", "id"], ["-unit_price", "-id"]]:
        with subtests.test(names=names):
            assert INDEX in plan(products.order_by())
            assert INDEX in plan(products.order_by(*match_order(products, names))[:10])
