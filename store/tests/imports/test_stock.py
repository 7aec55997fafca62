"""Stock and prices from a supplier's sheet."""

from decimal import Decimal
from typing import Any

import pytest

from history.models import Change
from store.exceptions import ImportConflict
from store.models import ImportRow, ImportRun, Product
from store.services.imports import apply_import, undo_import

from .conftest import rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def teapot(make_product: Any) -> Product:
    return make_product(title="Teapot", slug="teapot", sku="T-1", inventory=10)


def stock(product: Product) -> tuple[int, Decimal]:
    product.refresh_from_db()
    return product.inventory, product.unit_price


def test_stock_and_price_are_set(teapot: Product, check: Any, carry_out: Any) -> None:
    run = check("SKU,Inventory,unit price,Supplier", "T-1,25.0,12.50,Acme")
    assert rows_of(run) == [(2, "C", {"inventory": [10, 25], "unit_price": ["10.00", "12.50"]})]
    assert run.columns["unknown"] == ["Supplier"]
    assert stock(teapot) == (10, Decimal("10.00"))

    carry_out(apply_import, run, by=None)
    assert (run.state, run.applied, run.refused) == ("applied", 1, 0)
    assert stock(teapot) == (25, Decimal("12.50"))


def test_an_empty_cell_leaves_the_value(teapot: Product, check: Any) -> None:
    run = check("sku,inventory,unit_price", "T-1,,10.00")
    assert rows_of(run) == [(2, "S", [])]
    assert (run.changed, run.unchanged) == (0, 1)


def test_what_was_sold_since_the_check_is_not_lost(
    teapot: Product, check: Any, carry_out: Any
) -> None:
    run = check("sku,inventory", "T-1,25")
    Product.objects.filter(pk=teapot.pk).update(inventory=8)
    carry_out(apply_import, run, by=None)

    assert (run.state, run.applied, run.refused) == ("applied", 0, 1)
    row = ImportRow.objects.get()
    assert row.errors == [["inventory", "It was “10”, and is “8” by now."]]
    assert stock(teapot)[0] == 8


def test_an_import_is_taken_back(teapot: Product, check: Any, carry_out: Any) -> None:
    run = check("sku,inventory", "T-1,25")
    carry_out(apply_import, run, by=None)
    carry_out(undo_import, run)
    assert (run.state, run.undone, run.kept) == ("undone", 1, 0)
    assert stock(teapot)[0] == 10


def test_what_was_changed_since_is_not_taken_back(
    teapot: Product, check: Any, carry_out: Any
) -> None:
    run = check("sku,inventory", "T-1,25")
    carry_out(apply_import, run, by=None)
    Product.objects.filter(pk=teapot.pk).update(inventory=24)
    carry_out(undo_import, run)
    assert (run.state, run.undone, run.kept) == ("undone", 0, 1)
    assert stock(teapot)[0] == 24


def test_of_two_clicks_one_applies(teapot: Product, check: Any, carry_out: Any) -> None:
    run = check("sku,inventory", "T-1,25")
    carry_out(apply_import, run, by=None)
    with pytest.raises(ImportConflict):
        apply_import(run_id=run.pk, by=None)
    run.refresh_from_db()
    assert run.applied == 1


def test_errors_stop_the_rest_unless_they_are_left(
    teapot: Product, check: Any, carry_out: Any
) -> None:
    run = check("sku,inventory", "T-1,25", "T-2,3")
    with pytest.raises(ImportConflict):
        apply_import(run_id=run.pk, by=None)
    assert stock(teapot)[0] == 10
    carry_out(apply_import, run, by=None, leave_errors=True)
    assert stock(teapot)[0] == 25


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("T-2,,,5,", "sku", "No product has the SKU “T-2”."),
        (",no-such,,5,", "slug", "No product has the slug “no-such”."),
        (",twice,,5,", "slug", "2 products have this slug; write the id or SKU."),
        (",,,5,", "", "The row names no product: it needs an id, a SKU or a slug."),
        (",,999999,5,", "id", "No product has the id 999999."),
        ("T-1,,,-1,", "inventory", "Ensure this value is greater than or equal to 0."),
        ("T-1,,,2.5,", "inventory", "“2.5” is no whole number."),
        ("T-1,,,5,0.50", "unit_price", "Ensure this value is greater than or equal to 1."),
        ("T-1,,,(empty),", "inventory", "This cannot be emptied."),
    ],
)
def test_refusals(
    line: str, column: str, reason: str, teapot: Product, make_product: Any, check: Any
) -> None:
    make_product(slug="twice")
    make_product(slug="twice")
    run = check("sku,slug,id,inventory,unit_price", line)
    assert rows_of(run) == [(2, "E", [[column, reason]])]
    assert stock(teapot) == (10, Decimal("10.00"))


@pytest.mark.parametrize("price", ["1.234,50", "12,50", "1 234", "$5", "NaN", "1e3", "٣"])
def test_what_is_no_number_is_refused(price: str, teapot: Product, check: Any) -> None:
    run = check("sku;unit_price", f"T-1;{price}")
    [(number, state, [[column, reason]])] = rows_of(run)
    assert (number, state, column) == (2, "E", "unit_price")
    assert "is no number such as 1234.50" in reason


def test_a_sku_and_an_id_that_disagree(teapot: Product, make_product: Any, check: Any) -> None:
    other = make_product(sku="K-1")
    run = check("id,sku,inventory", f"{other.pk},T-1,5")
    assert rows_of(run) == [(2, "E", [["sku", f"Product {other.pk} has another SKU: K-1."]])]


def test_two_rows_about_one_product(teapot: Product, check: Any) -> None:
    run = check("sku,slug,inventory", "T-1,,5", ",teapot,6")
    assert rows_of(run)[1] == (3, "E", [["", "Row 2 has the same id."]])
    assert isinstance(run, ImportRun)


def test_the_history_tells_of_an_import_and_of_what_takes_it_back(
    teapot: Product, check: Any, carry_out: Any
) -> None:
    run = check("sku,inventory", "T-1,25", name="delivery.csv")
    carry_out(apply_import, run, by=None)
    carry_out(undo_import, run)

    changes = Change.objects.of(Product, teapot.pk).filter(kind="U").order_by("pk")
    assert list(changes.values_list("door", "reason", "fields__inventory")) == [
        ("import", "delivery.csv", [10, 25]),
        ("import", "The import was taken back.", [25, 10]),
    ]
    movements = teapot.stock_movements.order_by("pk").values_list("pieces", "cause")
    assert list(movements) == [(10, "opening"), (15, "import"), (-15, "import")]
