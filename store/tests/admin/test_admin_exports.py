"""Sheets of the lists of the admin."""

import csv
import logging
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client
from model_bakery import baker
from openpyxl import load_workbook

from store.models import Collection, Customer, Order, Product, Review

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def strict(settings: Any) -> None:
    settings.STAFF_NEEDS_PERMISSIONS = True


def rows_in(page: Any) -> list[list[str]]:
    assert page.status_code == 200
    text = b"".join(page.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline="")))


def test_the_filtered_list_as_csv(make_clerk: Any, make_product: Any) -> None:
    make_product(title="Pot, low", inventory=0, sku="=1+1")
    make_product(title="Pot", inventory=50)
    make_product(title="Pan, low", inventory=0)
    client = make_clerk("view_product")
    page = client.get("/admin/store/product/export/csv/?inventory=low&q=pot")
    head, *rows = rows_in(page)
    assert head[:4] == ["id", "title", "slug", "sku"]
    assert [row[1:4] for row in rows] == [["Pot, low", "product-1", "'=1+1"]]
    assert page["Content-Disposition"].startswith('attachment; filename="products-20')


def test_a_workbook(make_clerk: Any, make_product: Any) -> None:
    make_product(title="=1+1", inventory=7)
    page = make_clerk("view_product").get("/admin/store/product/export/xlsx/")
    sheet: Any = load_workbook(BytesIO(b"".join(page.streaming_content))).active
    head, row = sheet.iter_rows(values_only=True)
    shown = dict(zip(head, row, strict=True))
    assert (shown["title"], shown["inventory"], shown["unit_price"]) == ("'=1+1", 7, 10)


def test_customers_are_logged(make_clerk: Any, customer: Customer, caplog: Any) -> None:
    client = make_clerk("view_customer")
    with caplog.at_level(logging.INFO, "store.admin.exports"):
        head, *rows = rows_in(client.get("/admin/store/customer/export/csv/?q=Ann"))
    assert rows[0] == [str(customer.pk), "ann@example.com", "Ann", "Lee", "", "", "B"]
    [line] = [record.getMessage() for record in caplog.records if "export" in record.getMessage()]
    assert line.endswith("export of 1 x store.Customer as csv")


def test_orders(make_clerk: Any, order: Order) -> None:
    head, row = rows_in(make_clerk("view_order").get("/admin/store/order/export/csv/"))
    shown = dict(zip(head, row, strict=True))
    assert (shown["id"], shown["pieces"], shown["subtotal"]) == (str(order.pk), "3", "30.00")
    assert shown["email"] == "ann@example.com"


def test_collections(make_clerk: Any, product: Product, collection: Collection) -> None:
    page = make_clerk("view_collection").get("/admin/store/collection/export/csv/")
    assert rows_in(page)[1] == [str(collection.pk), "Kitchen", "", "1"]


def test_other_rows(make_clerk: Any, product: Product) -> None:
    baker.make(Review, product=product, name="Ann", description="@good", rating=5)
    page = make_clerk("view_review").get("/admin/store/review/export/csv/")
    assert rows_in(page)[1][1:5] == [str(product.pk), "Ann", "5", "'@good"]


@pytest.mark.parametrize("name", ["product", "customer", "order", "collection", "payment"])
def test_who_may_not_look_gets_none(name: str, make_clerk: Any) -> None:
    client = make_clerk("view_review")
    assert client.get(f"/admin/store/{name}/export/csv/").status_code == 403


def test_addresses_that_make_no_sense(make_clerk: Any) -> None:
    client: Client = make_clerk("view_product")
    assert client.get("/admin/store/product/export/pdf/").status_code == 404
    page = client.get("/admin/store/product/export/csv/?nothing__is=5")
    assert page["Location"] == "/admin/store/product/?e=1"


def test_the_list_leads_there(make_clerk: Any, product: Product) -> None:
    page = make_clerk("view_product").get("/admin/store/product/?q=tea")
    assert 'href="/admin/store/product/export/csv/?q=tea"' in page.content.decode()


def test_few_queries(
    make_clerk: Any, make_product: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        make_product()
    client = make_clerk("view_product")
    with django_assert_max_num_queries(11):
        assert len(rows_in(client.get("/admin/store/product/export/csv/"))) == 31
