"""`?fields=` names the fields of a response, of a row and of a list."""

from typing import Any

import pytest
from rest_framework.test import APIClient

pytestmark = [pytest.mark.once, pytest.mark.django_db]

PRODUCT = "/store/products/{product}/"
PATHS = [
    PRODUCT,
    "/store/products/",
    "/store/collections/",
    "/store/products/{product}/reviews/",
    "/store/orders/",
    "/store/carts/{cart}/",
    "/store/customers/me/",
    "/tags/",
]


@pytest.fixture
def staff(world: dict[str, Any], django_user_model: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(django_user_model.objects.get(pk=world["user"]))
    return client


def rows(body: Any) -> list[Any]:
    found = body.get("results", body) if isinstance(body, dict) else body
    return found if isinstance(found, list) else [found]


@pytest.mark.parametrize("path", PATHS)
def test_a_response_has_them_alone(staff, world, path):
    url = path.format(**world)
    whole = rows(staff.get(url).json())
    name = [*whole[0]][-1]
    found = rows(staff.get(f"{url}?fields=id,%20{name},").json())
    assert found == [{key: row[key] for key in row if key in ("id", name)} for row in whole]


def test_a_field_keeps_what_is_in_it(staff, world):
    url = f"/store/carts/{world['cart']}/"
    assert staff.get(f"{url}?fields=items").json() == {"items": staff.get(url).json()["items"]}


@pytest.mark.parametrize("path", PATHS)
def test_what_is_no_field_is_refused(staff, world, path):
    response = staff.get(f"{path.format(**world)}?fields=id,nothing")
    assert (response.status_code, [*response.json()]) == (400, ["fields"])


def test_what_is_no_field_is_refused_where_there_are_no_rows(client, db):
    response = client.get("/store/products/?fields=id,nothing")
    assert (response.status_code, [*response.json()]) == (400, ["fields"])


def test_a_field_of_staff_is_none_of_a_visitor(client, world):
    response = client.get(f"{PRODUCT.format(**world)}?fields=is_published")
    assert (response.status_code, [*response.json()]) == (400, ["fields"])


def test_none_is_all(staff, world):
    url = PRODUCT.format(**world)
    assert staff.get(f"{url}?fields=").json() == staff.get(url).json()


def test_a_write_answers_all(staff, world):
    url = f"{PRODUCT.format(**world)}?fields=id"
    assert "title" in staff.patch(url, {"title": "Lantern"}, format="json").json()


@pytest.mark.cache
def test_one_response_is_not_cached_for_another(client, world):
    url = PRODUCT.format(**world)
    for _ in range(2):
        assert [*client.get(f"{url}?fields=title").json()] == ["title"]
        assert "inventory" in client.get(url).json()
