"""The menu of the admin: sections by job, with what each role may see."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client

from core.groups import GROUPS
from storefront.settings.admin import AdminPage

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def menu(client: Client, django_user_model: Any) -> Callable[..., dict[str, list[str]]]:
    """Return the labels of each section as somebody of a group, or with some rights, sees them."""

    def menu(*rights: str, group: str = "", path: str = "") -> dict[str, list[str]]:
        user = django_user_model.objects.create_user("clerk", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=rights))
        user.groups.set(Group.objects.filter(name=group))
        client.force_login(user)
        sections = client.get(f"/admin/{path}").context["sections"]
        return {name: [str(entry.label) for entry in entries] for name, entries in sections}

    return menu


def test_a_superuser_sees_every_list(admin_client: Client) -> None:
    sections = admin_client.get("/admin/").context["sections"]
    urls = {entry.url for section in sections for entry in section.entries}
    models: Any = [model._meta for model in admin.site._registry]
    lists = {f"/admin/{opts.app_label}/{opts.model_name}/" for opts in models}
    assert lists <= urls
    assert [section.name for section in sections] == [
        *("", "Sell", "Catalogue", "People", "Content", "System")
    ]


def test_an_editor_of_the_catalogue_sees_the_catalogue(menu: Any) -> None:
    assert "Catalogue Editor" in GROUPS
    assert menu(group="Catalogue Editor")["Catalogue"][:3] == [
        *("Products", "Collections", "Promotions")
    ]


def test_a_clerk_sees_what_the_rights_allow(menu: Any) -> None:
    assert menu("view_order", "change_review") == {
        "": ["Home"],
        "Sell": ["Orders", "Invoices", "Reports"],
        "Content": ["Reviews"],
    }


def test_staff_without_rights_see_the_first_page(menu: Any) -> None:
    assert menu() == {"": ["Home"]}


def test_a_model_that_no_section_names_is_among_the_rest(menu: Any, settings: Any) -> None:
    settings.ADMIN_SECTIONS = {"Sell": ["store.Order"]}
    assert menu("view_order", "view_tag") == {"Sell": ["Orders"], "System": ["Invoices", "Tags"]}


def test_a_page_needs_its_right_and_its_url(menu: Any, settings: Any) -> None:
    settings.ADMIN_SECTIONS = {
        "Sell": [
            AdminPage("admin:search", "Search", ("store.view_order",)),
            AdminPage("admin:password_change", "Password"),
            AdminPage("admin:logout", "Not mine", ("store.view_product",)),
            AdminPage("admin:nowhere", "Nowhere"),
            "store.Order",
            "store.Invoice",
        ]
    }
    assert menu("view_order") == {"Sell": ["Search", "Password", "Orders", "Invoices"]}


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("", {"/admin/": "page"}),
        ("store/payment/", {"/admin/store/payment/": "page"}),
        ("store/product/add/", {"/admin/store/product/": "true"}),
        ("search/", {}),
    ],
)
def test_marks_where_one_is(admin_client: Client, path: str, current: dict[str, str]) -> None:
    sections = admin_client.get(f"/admin/{path}").context["sections"]
    entries = [entry for section in sections for entry in section.entries]
    assert {entry.url: entry.current for entry in entries if entry.current} == current


def test_no_popup_and_no_visitor_has_a_menu(admin_client: Client, client: Client) -> None:
    popup = admin_client.get("/admin/store/collection/add/?_popup=1")
    assert "shop-menu" not in popup.text
    assert "shop-menu" not in Client().get("/admin/login/").text
