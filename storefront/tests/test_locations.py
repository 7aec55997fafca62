"""Whatever makes something tells its address."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from rest_framework.test import APIClient

from core.tests.passwords import PASSWORD

from .routes import ROUTES

pytestmark = [pytest.mark.once, pytest.mark.django_db]

# What makes something, besides that which needs a picture or a row of its own.
CREATIONS = [path for path, methods in ROUTES.items() if "post" in methods]
# It makes what is at the same address.
OWN_ADDRESS = "/auth/users/me/second_factor/"


def filled(body: dict[str, Any] | None, world: dict[str, Any]) -> dict[str, Any]:
    return {
        name: world[value[1:-1]] if isinstance(value, str) and value[:1] == "{" else value
        for name, value in (body or {}).items()
    }


@pytest.fixture
def superuser(api_client: APIClient, world: dict[str, Any], django_user_model: Any) -> APIClient:
    api_client.force_authenticate(django_user_model.objects.get(pk=world["user"]))
    return api_client


def test_every_creation_tells_where_to_read_it(
    superuser: APIClient, world: dict[str, Any], subtests: pytest.Subtests
) -> None:
    made = 0
    for path in CREATIONS:
        body = filled(ROUTES[path]["post"], world)
        response: Any = superuser.post(path.format(**world), body, format="json")
        if response.status_code != 201:
            assert "Location" not in response
            continue
        made += 1
        with subtests.test(path=path):
            shown = superuser.get(response["Location"])
            assert response["Location"].startswith("http://testserver/")
            assert (shown.status_code, shown.data.get("id")) == (200, response.data.get("id"))
    assert made >= 10


def test_a_payment_has_an_address(superuser: APIClient, world: dict[str, Any]) -> None:
    response = superuser.post(f"/store/orders/{world['order']}/payments/")
    assert response.status_code == 201
    assert superuser.get(response["Location"]).data == response.data


def test_a_picture_has_an_address(
    superuser: APIClient, world: dict[str, Any], tmp_path: Path
) -> None:
    path = f"/store/products/{world['product']}/images/"
    Image.new("RGB", (1, 1)).save(tmp_path / "dot.png")
    with (tmp_path / "dot.png").open("rb") as picture:
        response = superuser.post(path, {"image": picture}, format="multipart")
    assert response.status_code == 201
    assert superuser.get(response["Location"]).data == response.data


def test_the_second_factor_is_where_it_was_made(superuser: APIClient) -> None:
    response = superuser.post(OWN_ADDRESS, {"current_password": PASSWORD}, format="json")
    assert (response.status_code, response["Location"]) == (201, f"http://testserver{OWN_ADDRESS}")


def test_nothing_is_said_of_what_was_there_already(
    superuser: APIClient, world: dict[str, Any]
) -> None:
    body = filled(ROUTES["/likes/"]["post"], world)
    response = superuser.post("/likes/", body, format="json")
    assert (response.status_code, "Location" in response) == (200, False)


def test_a_missing_slash_changes_no_address(superuser: APIClient) -> None:
    response = superuser.post("/store/carts", {}, format="json")
    address = f"http://testserver/store/carts/{response.data['id']}/"
    assert (response.status_code, response["Location"]) == (201, address)
