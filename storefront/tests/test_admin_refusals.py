"""The page for staff who may not do something in the admin: what they lack, and whom to ask."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

pytestmark = [pytest.mark.once, pytest.mark.django_db]

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ADD = "/admin/store/product/add/"


@pytest.fixture
def boss(register: Callable[..., Any]) -> Any:
    return register("boss", first_name="Bea", last_name="Boss", is_staff=True, is_superuser=True)


@pytest.fixture
def clerk(register: Callable[..., Any], client: Client, boss: Any) -> Any:
    clerk = register("clerk", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_product"))
    client.force_login(clerk)
    return clerk


def test_visitors_learn_nothing_of_whom_to_ask(client: Client, boss: Any) -> None:
    response = client.get(ADD, headers=HTML, follow=True)
    assert response.redirect_chain == [(f"/admin/login/?next={ADD}", 302)]
    assert "boss" not in response.text.lower()


def test_customers_learn_nothing_of_whom_to_ask(
    client: Client, boss: Any, register: Callable[..., Any]
) -> None:
    client.force_login(register())
    response = client.get(ADD, headers=HTML, follow=True)
    assert response.redirect_chain == [(f"/admin/login/?next={ADD}", 302)]
    assert "boss" not in response.text.lower()


def test_staff_are_told_what_they_lack_and_whom_to_ask(client: Client, clerk: Any) -> None:
    response = client.get(ADD, headers=HTML)

    assert response.status_code == 403
    assert response.context["missing"] == ["Can add product"]
    assert response.context["contacts"] == [("Bea Boss", "boss@example.com")]
    assert "signed in as <strong>clerk</strong>" in response.text
    assert f"<code>{ADD}</code>" in response.text
    assert 'href="mailto:boss@example.com"' in response.text


def test_the_contacts_of_the_settings_come_first(client: Client, clerk: Any, settings: Any) -> None:
    settings.STAFF_CONTACTS = [("Ann", "ann@example.com"), ("", "desk@example.com")]
    response = client.get(ADD, headers=HTML)
    contacts = [("Ann", "ann@example.com"), ("desk@example.com", "desk@example.com")]
    assert response.context["contacts"] == contacts
    assert "boss" not in response.text.lower()


def test_superusers_who_are_gone_are_not_named(client: Client, clerk: Any, boss: Any) -> None:
    boss.is_active = False
    boss.save()
    response = client.get(ADD, headers=HTML)
    assert response.context["contacts"] == []
    assert "ask a superuser of this shop" in response.text


@pytest.mark.parametrize(
    ("method", "path", "missing"),
    [
        ("get", "/admin/store/order/", ["Can view order"]),
        ("post", "/admin/store/product/1/delete/", ["Can delete product"]),
        ("post", "/admin/store/product/1/change/", ["Can change product"]),
        ("get", "/admin/store/order/1/move/cancelled/", ["Can view order", "Can cancel order"]),
        ("get", "/admin/core/user/1/password/", []),
    ],
)
def test_what_is_lacking_is_named(
    client: Client, clerk: Any, product: Any, method: str, path: str, missing: list[str]
) -> None:
    path = path.replace("product/1/", f"product/{product.pk}/")
    response = getattr(client, method)(path, headers=HTML)
    assert response.status_code == 403
    assert response.context["missing"] == missing


def test_a_page_that_names_no_permission_says_so(client: Client, clerk: Any) -> None:
    response = client.get("/admin/core/user/1/password/", headers=HTML)
    assert "You lack a permission that this page needs." in response.text


def test_a_superuser_is_told_that_nobody_may(client: Client, boss: Any) -> None:
    client.force_login(boss)
    response = client.get("/admin/store/payment/add/", headers=HTML)
    assert response.status_code == 403
    assert response.context["missing"] == []
    assert "allows it to nobody" in response.text


def test_a_program_gets_what_it_got_before(client: Client, clerk: Any) -> None:
    response = client.get(ADD, headers={"Accept": "application/json"})
    assert response.status_code == 403
    assert response.context is None or "contacts" not in response.context
    assert "boss" not in response.text.lower()


def test_one_signs_in_as_somebody_else_and_goes_on(client: Client, clerk: Any, boss: Any) -> None:
    refused = client.get(ADD, headers=HTML)
    assert f'name="next" value="/admin/login/?next={ADD}"' in refused.text
    response = client.post("/admin/logout/", {"next": f"/admin/login/?next={ADD}"})
    assert response.url == f"/admin/login/?next={ADD}"
    assert "_auth_user_id" not in client.session
