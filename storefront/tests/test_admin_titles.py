"""What the pages of the admin are called."""

from typing import Any

import pytest
from django.test import Client
from model_bakery import baker
from pytest_django.asserts import assertContains, assertNotContains

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("store/order/", "Orders"),
        ("store/product/?_popup=1", "Products"),
        ("store/product/?q=oak", "Products"),
        ("auth/group/", "Groups"),
        ("store/product/add/", "Add product"),
        ("store/collection/add/?_popup=1", "Add collection"),
    ],
)
def test_a_list_is_called_by_what_it_lists(admin_client: Client, path: str, title: str) -> None:
    page = admin_client.get(f"/admin/{path}")
    assertContains(page, f"<title>{title} | Storefront</title>")
    assertContains(page, f"<h1>{title}</h1>")


@pytest.mark.parametrize("query", ["", "?_popup=1"])
def test_a_row_is_called_by_its_name(admin_client: Client, query: str) -> None:
    row = baker.make("store.Product", title="Oak <chair>", unit_price=10)
    page = admin_client.get(f"/admin/store/product/{row.pk}/change/{query}")
    assertContains(page, "<title>Oak &lt;chair&gt; | Storefront</title>")
    assertContains(page, "<h1>Oak &lt;chair&gt;</h1>")


def test_a_refused_form_says_so_first(admin_client: Client) -> None:
    row = baker.make("store.Collection", title="Chairs")
    page = admin_client.post(f"/admin/store/collection/{row.pk}/change/", {"title": ""})
    assertContains(page, "<title>Error: Chairs | Storefront</title>")


def test_no_app_of_the_code_stands_above_a_page(admin_client: Client) -> None:
    row = baker.make("core.User", username="ann")
    for path in ("", f"{row.pk}/change/", f"{row.pk}/delete/", f"{row.pk}/history/", "add/"):
        page: Any = admin_client.get(f"/admin/core/user/{path}")
        crumbs = page.text.partition('class="breadcrumbs"')[2].partition("</div>")[0]
        assert "Users" in crumbs
        assert "Accounts" not in crumbs
        assertNotContains(page, "Select user")
