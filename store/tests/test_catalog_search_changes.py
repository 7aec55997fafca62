"""What is written is found from then on, however it was written."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.urls import resolve

from store.catalog_cache.routes import is_versioned
from store.models import Product

pytestmark = pytest.mark.django_db(transaction=connection.vendor == "mysql")
COLUMNS = "id, title, description, unit_price, inventory, last_update, collection_id, slug"
ROW = "({pk}, 'Kettle', 'Whistles', 10, 1, '2026-01-02 03:04:05', {collection}, 'kettle')"

# Where it is known, the row that goes fires no trigger.
REPLACE = (
    f"INSERT INTO store_product ({COLUMNS}) VALUES {ROW} ON CONFLICT (id) DO UPDATE SET "
    "title = excluded.title, description = excluded.description"
    if connection.vendor == "postgresql"
    else f"REPLACE INTO store_product ({COLUMNS}) VALUES {ROW}"
)


def found(*words):
    return [*Product.objects.matching(words).order_by("pk").values_list("pk", flat=True)]


def run(sql, **values):
    with connection.cursor() as cursor:
        cursor.execute(sql.format(**{"pk": 7, **values}))


def test_saved_changed_and_deleted(product):
    assert found("teap") == [product.pk]

    product.title, product.description = "Kettle", "Whistles"
    product.save()
    assert (found("teap"), found("kett", "whist")) == ([], [product.pk])

    product.delete()
    assert found("kett") == []


def test_written_in_bulk(collection):
    cups = [
        Product(title=f"Cup {n}", slug="", unit_price=1, inventory=1, collection=collection)
        for n in range(3)
    ]
    Product.objects.bulk_create(cups)
    assert len(found("cup")) == 3

    Product.objects.update(description=F("title"), title="Mug")
    assert len(found("mug", "cup")) == 3

    Product.objects.all().delete()
    assert found("mug") == []


def test_loaded_changed_and_deleted_by_plain_sql(collection):
    run(f"INSERT INTO store_product ({COLUMNS}) VALUES {ROW}", collection=collection.pk)
    assert found("kettle", "whistles") == [7]

    run("UPDATE store_product SET id = 8, title = 'Pot' WHERE id = 7")
    assert (found("kettle"), found("pot", "whistles")) == ([], [8])

    run("UPDATE store_product SET description = NULL")
    assert (found("whistles"), found("pot")) == ([], [8])

    run("DELETE FROM store_product")
    assert found("pot") == []


def test_row_in_the_place_of_another(product, collection):
    # They would hold the row at its place.
    product.stock_movements.all().delete()
    run(f"UPDATE store_product SET id = 7 WHERE id = {product.pk}")

    run(REPLACE, collection=collection.pk)

    assert (found("teapot"), found("kettle")) == ([], [7])


def test_inserted_or_updated_or_ignored(product, collection):
    fields = {"pk": product.pk, "slug": "", "unit_price": 1, "inventory": 1}
    kettle = Product(title="Kettle", collection=collection, **fields)

    Product.objects.bulk_create([kettle], ignore_conflicts=True)
    assert (found("teapot"), found("kettle")) == ([product.pk], [])

    unique = None if connection.vendor == "mysql" else ["id"]
    Product.objects.bulk_create(
        [kettle], update_conflicts=True, update_fields=["title"], unique_fields=unique
    )
    assert (found("teapot"), found("kettle")) == ([], [product.pk])


def test_description_longer_than_an_index_takes(product):
    product.description = " ".join(f"word{number}" for number in range(300_000))
    product.save()

    assert found("word9999") == found("teapot") == [product.pk]


@pytest.mark.django_db(transaction=True)
def test_migration_goes_and_comes_again_with_rows_there(product, collection):
    new = {"pk": product.pk + 1, "collection": collection.pk}
    try:
        call_command("migrate", "store", "0006", verbosity=0)
        run(f"INSERT INTO store_product ({COLUMNS}) VALUES {ROW}", **new)
    finally:
        call_command("migrate", verbosity=0)

    assert (found("teapot"), found("kettle", "whistles")) == ([product.pk], [new["pk"]])


def test_a_response_is_cached_where_what_is_committed_is_found_at_once(settings):
    products = resolve("/store/products/")
    assert not is_versioned(products, {"q": "tea"})
    settings.STORE_PRODUCT_LABELS = []
    assert is_versioned(products, {"q": "tea"}) is (connection.vendor != "mysql")
    assert is_versioned(products, {"search": "tea"})
