from contextlib import contextmanager

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.writer import MigrationWriter

from store.models import Product
from store.operations import KeepTriggers

pytestmark = pytest.mark.django_db(transaction=True)
COLUMNS = "title, unit_price, inventory, last_update, collection_id, slug"
# For each of these SQLite remakes the table.
REMAKING = {
    "a column altered": migrations.AlterField("product", "slug", models.CharField(max_length=99)),
    "a unique column": migrations.AddField(
        "product", "code", models.CharField(max_length=9, null=True, unique=True)
    ),
    "a constraint": migrations.AddConstraint(
        "product",
        models.CheckConstraint(
            condition=models.Q(inventory__lt=2**60), name="product_inventory_fits"
        ),
    ),
}


@contextmanager
def migrated(operation):
    """Run an operation after all migrations, and undo it."""
    before = MigrationLoader(connection).project_state()
    after = before.clone()
    operation.state_forwards("store", after)
    with connection.schema_editor() as editor:
        operation.database_forwards("store", editor, before, after)
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            operation.database_backwards("store", editor, after, before)


def triggers():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return {*cursor.fetchall()}


def found(word):
    return Product.objects.matching([word]).count()


def insert(collection, title):
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO store_product ({COLUMNS}) VALUES (%s, 1, 1, '2026-01-02 03:04:05', %s, '')",
            [title, collection.pk],
        )


@pytest.mark.parametrize("name", REMAKING)
def test_search_follows_the_products_of_a_remade_table(product, collection, name):
    with migrated(KeepTriggers([REMAKING[name]])):
        insert(collection, "Kettle")
        Product.objects.filter(pk=product.pk).update(title="Samovar")
        assert (found("teapot"), found("samovar"), found("kettle")) == (0, 1, 1)

    insert(collection, "Jug")
    Product.objects.filter(title="Kettle").delete()
    assert (found("samovar"), found("kettle"), found("jug")) == (1, 0, 1)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite remakes tables")
def test_triggers_are_made_again_as_they_were(subtests):
    before = triggers()
    assert len(before) == 5

    for name, operation in REMAKING.items():
        with subtests.test(name=name):
            with migrated(KeepTriggers([operation])):
                assert triggers() == before
            assert triggers() == before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite remakes tables")
def test_triggers_go_with_their_table():
    make = migrations.CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True))])
    before = triggers()

    with migrated(KeepTriggers([make])), connection.cursor() as cursor:
        cursor.execute("CREATE TRIGGER shelf AFTER INSERT ON store_shelf BEGIN SELECT 1; END")
        assert triggers() > before

    assert triggers() == before


def test_a_migration_with_it_is_written():
    migration = migrations.Migration("0099_shelf", "store")
    migration.operations = [KeepTriggers([migrations.RemoveField("product", "slug")])]

    written = MigrationWriter(migration).as_string()

    assert "import store.operations" in written
    assert "store.operations.KeepTriggers(\n            operations=[" in written
