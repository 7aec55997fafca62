"""The pages of an import, as staff use them."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from store.models import ImportRun, Product

pytestmark = pytest.mark.django_db(transaction=True)

ADD = "/admin/store/importrun/add/"


@pytest.fixture(autouse=True)
def strict(settings: Any) -> None:
    settings.STAFF_NEEDS_PERMISSIONS = True


@pytest.fixture
def clerk(make_clerk: Any) -> Client:
    return make_clerk("change_product", "view_product")


@pytest.fixture
def teapot(make_product: Any) -> Product:
    return make_product(title="Teapot", sku="T-1", inventory=10)


def upload(client: Client, text: str, kind: str = "", name: str = "sheet.csv") -> Any:
    file = SimpleUploadedFile(name, text.encode())
    return client.post(ADD, {"file": file, "kind": kind}, follow=True)


def test_a_sheet_is_checked_then_applied_then_taken_back(clerk: Client, teapot: Product) -> None:
    page = upload(clerk, "sku,inventory\nT-1,25\n")
    run = ImportRun.objects.get()
    assert page.redirect_chain == [(f"/admin/store/importrun/{run.pk}/change/", 302)]
    assert "1 of 1 rows would change the shop" in page.content.decode()
    assert Product.objects.get().inventory == 10

    page = clerk.post(page.request["PATH_INFO"], {"apply": "yes"}, follow=True)
    assert "1 row applied" in page.content.decode()
    assert Product.objects.get().inventory == 25
    # A second click.
    again = clerk.post(page.request["PATH_INFO"], {"apply": "yes"}, follow=True)
    assert "The import is in another state by now" in again.content.decode()

    page = clerk.post(page.request["PATH_INFO"], {"undo": "yes"}, follow=True)
    assert "1 row taken back" in page.content.decode()
    assert Product.objects.get().inventory == 10


def test_errors_are_named_by_row_and_column(clerk: Client, teapot: Product) -> None:
    page = upload(clerk, "sku,inventory\nT-1,25\nT-2,5\nT-1,many\n")
    assert "2 of 3 rows have errors" in page.content.decode()
    path = page.request["PATH_INFO"]
    shown = clerk.get(path, {"rows": "errors"}).context["page"].object_list
    assert [(row.number, row.errors[0][0]) for row in shown] == [(3, "sku"), (4, "inventory")]

    page = clerk.post(path, {"apply": "yes"}, follow=True)
    assert Product.objects.get().inventory == 10
    clerk.post(path, {"apply_good": "yes"})
    assert Product.objects.get().inventory == 25


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("colour,size\nred,5", "a.csv", "The columns do not tell what the sheet is about."),
        ("sku,sku,inventory\n1,1,1", "a.csv", "More than one column is called sku."),
        ("inventory\n1", "a.csv", "names no column id or sku or slug"),
        ("", "a.csv", "The submitted file is empty."),
        ("x", "a.pdf", "Only CSV and XLSX are read"),
        ("email,phone\na@b.c,5", "a.csv", "about customers, which you may not import"),
    ],
)
def test_refusals_of_files(text: str, name: str, reason: str, clerk: Client) -> None:
    page = upload(clerk, text, name=name)
    assert reason in page.content.decode()
    assert not ImportRun.objects.exists()


def test_without_a_worker_a_thousand_rows(clerk: Client, teapot: Product) -> None:
    lines = "".join(f"X-{number},1\n" for number in range(1001))
    page = upload(clerk, f"sku,inventory\n{lines}")
    assert "at most 1,000 rows are imported at once" in page.content.decode()
    run = ImportRun.objects.get()
    assert (run.state, run.rows.count(), run.pieces.count()) == ("refused", 0, 0)


@pytest.mark.parametrize(
    ("rights", "kinds"),
    [
        (["view_product", "view_customer"], None),
        (["change_product"], ["stock"]),
        (["change_product", "add_product"], ["products", "stock"]),
        (["change_customer"], ["customers"]),
        (["change_collection"], None),
    ],
)
def test_who_may_import_what(rights: list[str], kinds: Any, make_clerk: Any) -> None:
    page = make_clerk(*rights).get(ADD)
    if kinds is None:
        assert page.status_code == 403
    else:
        choices = page.context["form"].fields["kind"].choices
        assert [value for value, _ in choices] == ["", *kinds]


def test_somebody_elses_kind_is_not_shown(clerk: Client) -> None:
    run = ImportRun.objects.create(kind="customers", file_name="people.csv")
    assert "people.csv" not in clerk.get("/admin/store/importrun/").content.decode()
    assert clerk.get(f"/admin/store/importrun/{run.pk}/change/").status_code == 403
    page = clerk.post(f"/admin/store/importrun/{run.pk}/change/", {"apply": "yes"})
    assert page.status_code == 403
    run.refresh_from_db()
    assert run.state == "checking"


def test_the_page_asks_few_questions(
    clerk: Client, make_product: Any, django_assert_max_num_queries: Any
) -> None:
    products = [make_product(sku=f"T-{number}") for number in range(60)]
    page = upload(clerk, "sku,inventory\n" + "".join(f"{p.sku},77\n" for p in products))
    with django_assert_max_num_queries(9):
        page = clerk.get(page.request["PATH_INFO"])
    assert len(page.context["page"].object_list) == 50
