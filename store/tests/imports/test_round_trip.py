"""An export that comes back changes nothing."""

from typing import Any

import pytest

from store.models import Collection, Customer, Product
from store.services.exports import Export
from store.sheets.writing import csv_chunks, workbook_file

pytestmark = pytest.mark.django_db


def as_csv(export: Export) -> bytes:
    return "".join(csv_chunks(export.head, export.rows())).encode()


def as_workbook(export: Export) -> bytes:
    with workbook_file(export.head, export.rows()) as file:
        return file.read()


@pytest.fixture
def odd_products(make_product: Any) -> None:
    make_product(title="=1+1", sku="'=2", description="-3\r\nand\u000b more ")
    make_product(title="007", sku="1.0", description="'quoted'", unit_price="1234567.80")
    make_product(title="true", sku="2024-01-31", description="", low_stock_threshold=0)
    make_product(title="Größe; mit, allem\t“”", sku="+49 30", inventory=10**9, is_published=False)
    make_product(title="No SKU", slug="same")
    make_product(title="No SKU", slug="same")


FORMS = [(as_csv, "sheet.csv"), (as_workbook, "sheet.xlsx")]


@pytest.mark.parametrize(("written", "name"), FORMS)
def test_products(written: Any, name: str, odd_products: None, check: Any) -> None:
    run = check.file(written(Export(Product.objects.all())), name=name)
    assert (run.kind, run.unchanged, run.total, run.problem) == ("products", 6, 6, "")


@pytest.mark.parametrize(("written", "name"), FORMS)
def test_customers(written: Any, name: str, customer: Customer, check: Any) -> None:
    Customer.objects.update(phone="+49 (30) 1")
    run = check.file(written(Export(Customer.objects.all())), name=name)
    assert (run.kind, run.unchanged, run.total) == ("customers", 1, 1)


@pytest.mark.parametrize(("written", "name"), FORMS)
def test_collections(written: Any, name: str, product: Product, check: Any) -> None:
    Collection.objects.update(featured_product=product, title="@home")
    run = check.file(written(Export(Collection.objects.all())), name=name)
    assert (run.kind, run.unchanged, run.total) == ("collections", 1, 1)
