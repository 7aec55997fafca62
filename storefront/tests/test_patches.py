"""A PATCH that names nothing to change is refused, on every endpoint that takes one."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core import serializers
from rest_framework.test import APIClient

from .routes import ROUTES

pytestmark = pytest.mark.django_db

PATCHES = [path for path, methods in ROUTES.items() if "patch" in methods]
FORM = "application/x-www-form-urlencoded"


def everything() -> str:
    return serializers.serialize(
        "json", [row for each in apps.get_models() for row in each.objects.all()]
    )


@pytest.fixture
def client(world: dict[str, Any]) -> APIClient:
    client = APIClient()
    client.force_authenticate(get_user_model().objects.get(pk=world["user"]))
    return client


def test_nothing_to_change_is_a_400_that_says_what_can_be(
    client: APIClient, world: dict[str, Any], subtests: pytest.Subtests
) -> None:
    for path in PATCHES:
        with subtests.test(path=path):
            url = path.format(**world)
            before = everything()
            sent = [
                client.patch(url, {}, format="json"),
                client.patch(url, {"id": 7, "nonsense": 1}, format="json"),
                client.patch(url, {"id": 7, "csrfmiddlewaretoken": "x"}, format="multipart"),
                client.patch(url, "id=7&_method=PATCH", content_type=FORM),
            ]
            assert [response.status_code for response in sent] == [400] * 4
            # A password confirms a change and is none.
            fields = [name for name in ROUTES[path]["patch"] or {} if name != "current_password"]
            for response in sent:
                (told,) = response.json()["non_field_errors"]
                assert all(name in told for name in fields)
            assert everything() == before


def test_other_refusals_come_first(
    client: APIClient, world: dict[str, Any], subtests: pytest.Subtests
) -> None:
    for path in PATCHES:
        with subtests.test(path=path):
            url = path.format(**world)
            text = client.patch(url, "x", content_type="text/plain")
            broken = client.patch(url, "{", content_type="application/json")
            array = client.patch(url, [1], format="json")
            assert (text.status_code, broken.status_code, array.status_code) == (415, 400, 400)
            assert "JSON parse error" in broken.json()["detail"]
            assert "non_field_errors" in array.json()
            if "{" in path:
                unknown = path.format(**dict.fromkeys(world, 99999) | {"cart": world["cart"]})
                assert client.patch(unknown, {}, format="json").status_code == 404
            if "carts" not in path:
                assert APIClient().patch(url, {}, format="json").status_code == 401


def test_a_field_that_is_only_read_is_named(client: APIClient, world: dict[str, Any]) -> None:
    response = client.patch("/auth/users/me/", {"id": 5}, format="json")
    assert response.json()["id"] == ["This field cannot be changed here."]
    product = client.patch(f"/store/products/{world['product']}/", {"price": 1}, format="json")
    assert sorted(product.json()) == ["non_field_errors", "price"]


@pytest.mark.parametrize(
    ("status", "steps"),
    [
        ("shipped", ["ship"]),
        ("cancelled", ["cancel"]),
        ("paid", ["cancel", "ship", "deliver", "refund"]),
        (["x"], ["cancel", "ship", "deliver", "refund"]),
    ],
)
def test_the_status_of_an_order_names_the_address_of_the_step(
    client: APIClient, world: dict[str, Any], status: Any, steps: list[str]
) -> None:
    url = f"/store/orders/{world['paid_order']}/"
    response = client.patch(url, {"status": status}, format="json")
    assert response.status_code == 400
    addresses = " or ".join(f"http://testserver{url}{step}/" for step in steps)
    assert response.json()["status"] == [f"A step of an order is a POST to {addresses}."]


def test_one_field_is_enough_in_any_form(client: APIClient, world: dict[str, Any]) -> None:
    url = f"/store/products/{world['product']}/"
    for sent in ({"title": "Pan"}, {"description": None}, {"title": "Pot", "price": 1}):
        assert client.patch(url, sent, format="json").status_code == 200
    assert client.patch(url, {"title": "Pan"}, format="multipart").status_code == 200
    response = client.patch(url, "title=Cup", content_type=FORM)
    assert (response.status_code, response.json()["title"]) == (200, "Cup")


def test_a_put_keeps_its_rules(client: APIClient, world: dict[str, Any]) -> None:
    response = client.put(f"/store/products/{world['product']}/", {}, format="json")
    assert response.json()["title"] == ["This field is required."]
