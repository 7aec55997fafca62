"""Words and parts are looked up in their indexes, as each database itself explains it."""

import pytest
from django.db import connection

from store.fulltext import plans
from store.models import Product

pytestmark = pytest.mark.django_db
WORDS = {
    "postgresql": "Bitmap Index Scan on product_words",
    "mysql": "fulltext product_words",
    "sqlite": "SCAN store_product_words VIRTUAL TABLE",
}[connection.vendor]
PARTS = {
    "postgresql": "Bitmap Index Scan on product_parts",
    "sqlite": "SCAN store_product_parts VIRTUAL TABLE",
}.get(connection.vendor)
ORDERS = [["-rank", "id"], ["title", "id"], ["-unit_price", "-id"]]


@pytest.fixture
def explained():
    def explained(queryset):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                # A small table is read as a whole, or sorted, whatever there is for a large one.
                for way in ("seqscan", "sort"):
                    cursor.execute(f"SET LOCAL enable_{way} = off")
        return queryset.explain()

    return explained


@pytest.mark.parametrize("words", [["iron"], ["iron", "pan"], ["a"], ["the", "iron"]])
def test_few_are_read_from_the_index_of_words_in_any_order(product, explained, words, subtests):
    products = Product.objects.matching(words)

    for names in ORDERS:
        with subtests.test(names=names):
            assert WORDS in explained(plans.one_by_one(products).order_by())
            assert WORDS in explained(plans.ordered(products, names)[:10])


@pytest.mark.skipif(PARTS is None, reason="MariaDB has no index of parts")
@pytest.mark.parametrize("parts", [["ron"], ["ron", "pan"], ["i" * 255]])
def test_few_are_read_from_the_index_of_parts(product, explained, parts):
    products = Product.objects.containing(parts)

    assert PARTS in explained(plans.one_by_one(products).order_by())
    assert PARTS in explained(plans.ordered(products, ["title", "id"])[:10])


@pytest.mark.skipif(connection.vendor == "postgresql", reason="its planner weighs both ways")
@pytest.mark.parametrize("names", ORDERS[1:])
def test_many_are_found_by_reading_on_in_the_order_of_the_list(product, names, explained):
    index = {"title": "product_title", "-unit_price": "product_unit_price"}[names[0]]

    plan = explained(plans.as_common(Product.objects.matching(["iron"])).order_by(*names)[:10])

    assert index in plan
    assert "filesort" not in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the others choose no other index")
def test_the_first_that_is_found_is_looked_for_in_the_index_of_words_alone(product):
    products = Product.objects.matching(["iron"])

    with plans.index_alone(products):
        assert WORDS in products.order_by()[:1].explain()
    # The rest of the transaction goes its own ways.
    assert WORDS not in products.order_by()[:1].explain()
