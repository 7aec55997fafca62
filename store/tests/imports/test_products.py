"""Whole products from a sheet: new ones, changed ones, and what is refused."""

from decimal import Decimal
from typing import Any

import pytest

from store.models import Collection, ImportRow, Order, OrderItem, Product
from store.services.catalog import delete_collection
from store.services.imports import apply_import, undo_import

from .conftest import rows_of

pytestmark = pytest.mark.django_db


def test_a_new_product(collection: Collection, check: Any, carry_out: Any) -> None:
    run = check("sku,title,unit_price,inventory,collection", "K-1,Blue Kettle,19.90,3,Kitchen")
    new = {
        "title": [None, "Blue Kettle"],
        "slug": [None, "blue-kettle"],
        "sku": [None, "K-1"],
        "unit_price": [None, "19.90"],
        "inventory": [None, 3],
        "collection": [None, collection.pk],
        "is_published": [None, True],
    }
    assert rows_of(run) == [(2, "N", new)]
    assert not Product.objects.exists()

    carry_out(apply_import, run, by=None)
    product = Product.objects.get()
    assert (product.slug, product.unit_price) == ("blue-kettle", Decimal("19.90"))
    assert ImportRow.objects.get().object_id == product.pk

    carry_out(undo_import, run)
    assert not Product.objects.exists()
    assert (run.undone, run.kept) == (1, 0)


def test_a_new_product_that_was_ordered_stays(
    collection: Collection, check: Any, carry_out: Any, customer: Any
) -> None:
    run = check("sku,title,unit_price,inventory,collection", "K-1,Kettle,19.90,3,Kitchen")
    carry_out(apply_import, run, by=None)
    product = Product.objects.get()
    order = Order.objects.create(customer=customer)
    OrderItem.objects.create(order=order, product=product, quantity=1, unit_price=1)

    carry_out(undo_import, run)
    assert (run.undone, run.kept) == (0, 1)
    assert Product.objects.filter(pk=product.pk).exists()


def test_fields_are_changed_and_emptied(make_product: Any, check: Any, carry_out: Any) -> None:
    product = make_product(sku="T-1", description="Old", low_stock_threshold=4)
    run = check(
        "id,sku,description,low_stock_threshold,is_published",
        f"{product.pk},T-2,(empty),(empty),no",
        kind="products",
    )
    carry_out(apply_import, run, by=None)
    product.refresh_from_db()
    assert (product.sku, product.description, product.low_stock_threshold) == ("T-2", None, None)
    assert product.is_published is False


def test_a_sku_is_given_to_the_product_with_the_slug(
    product: Product, check: Any, carry_out: Any
) -> None:
    run = check("slug,sku,title", "teapot,T-9,Teapot")
    assert rows_of(run) == [(2, "C", {"sku": [None, "T-9"]})]


@pytest.mark.parametrize(
    ("line", "errors"),
    [
        ("N-1,,,,,", ["title", "slug", "unit_price", "inventory", "collection"]),
        ("N-1,Lamp,lamp,5,1,Nowhere", ["collection"]),
        ("N-1,Lamp,lamp,5,1,Twice", ["collection"]),
        ("N-1,Lamp,a b,5,1,Kitchen", ["slug"]),
        ("N-1,Lamp,lamp,10.005,1,Kitchen", ["unit_price", "unit_price"]),
        ("N-1,Lamp,lamp,5,1000000001,Kitchen", ["inventory"]),
        ("N-1,Lamp,teapot,5,1,Kitchen", ["sku"]),
        (f"N-1,{'x' * 256},lamp,5,1,Kitchen", ["title"]),
    ],
)
def test_refusals(
    line: str, errors: list[str], make_product: Any, collection: Any, check: Any
) -> None:
    make_product(sku="T-1", slug="teapot")
    Collection.objects.create(title="Twice")
    Collection.objects.create(title="Twice")
    run = check("sku,title,slug,unit_price,inventory,collection", line)
    assert [column for column, _ in rows_of(run)[0][2]] == errors
    assert Product.objects.count() == 1


def test_a_sku_of_another_product(make_product: Any, check: Any) -> None:
    first, second = make_product(sku="T-1"), make_product(sku="T-2")
    run = check("id,sku,title", f"{first.pk},T-2,Lamp")
    message = f"This is product {second.pk}, but the row is about product {first.pk}."
    assert rows_of(run) == [(2, "E", [["sku", message]])]


def test_a_sku_that_was_taken_since_the_check(
    make_product: Any, check: Any, carry_out: Any
) -> None:
    product = make_product(sku="T-1")
    run = check("id,sku,title", f"{product.pk},T-2,Lamp")
    other = make_product(sku="T-2")
    carry_out(apply_import, run, by=None)
    assert ImportRow.objects.get().errors == [["sku", f"Product {other.pk} has this SKU already."]]
    product.refresh_from_db()
    assert (run.refused, product.sku, product.title) == (1, "T-1", "Product 1")


def test_a_collection_that_was_deleted_since_the_check(
    product: Product, check: Any, carry_out: Any
) -> None:
    garden = Collection.objects.create(title="Garden")
    run = check("slug,title,collection", "teapot,Pot,Garden")
    delete_collection(collection=garden)
    carry_out(apply_import, run, by=None)
    assert ImportRow.objects.get().errors == [["collection", "It has been deleted since."]]
    product.refresh_from_db()
    assert product.title == "Teapot"


def test_a_failure_takes_everything_back(
    make_product: Any, check: Any, carry_out: Any, monkeypatch: Any
) -> None:
    products = [make_product(sku=f"T-{number}") for number in range(60)]
    run = check("sku,inventory", *(f"T-{number},99" for number in range(60)))
    # The second batch meets what no column takes.
    last = run.rows.last()
    last.changes = {"inventory": [10, "many"]}
    last.save()
    carry_out(apply_import, run, by=None)

    assert (run.state, run.applied, run.undone) == ("undone", 50, 50)
    assert "unexpected error" in run.problem
    assert {*Product.objects.values_list("inventory", flat=True)} == {10}
    assert len(products) == Product.objects.count()
