"""OPTIONS tells everybody what an endpoint takes, and fails nowhere."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from .routes import ROUTES

pytestmark = [pytest.mark.once, pytest.mark.django_db]

KINDS = ["visitor", "customer", "staff"]


@pytest.fixture(params=KINDS)
def asking(request: pytest.FixtureRequest, client: Client, world: dict, register: Any) -> Client:
    """A client that is signed in as one of the kinds of people."""
    if request.param == "customer":
        client.force_login(register("kim"))
    elif request.param == "staff":
        client.force_login(get_user_model().objects.get(pk=world["user"]))
    return client


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_every_endpoint_answers(asking: Client, world: dict[str, Any], accept: str) -> None:
    responses = {
        path: asking.options(path.format(**world), headers={"accept": accept}) for path in ROUTES
    }
    assert {response.status_code for response in responses.values()} <= {200, 401, 403}
    assert responses["/store/products/"].status_code == 200


def test_a_users_own_rows_tell_their_fields(client: Client, register: Any) -> None:
    client.force_login(register())
    account, profile = (
        client.options(f"/{each}/me/") for each in ("auth/users", "store/customers")
    )
    assert sorted(account.json()["actions"]) == ["PATCH", "PUT"]
    assert profile.json()["actions"]["PUT"]["phone"]["required"] is True


def test_each_write_tells_its_own_fields(client: Client, world: dict[str, Any]) -> None:
    visitors = client.options(f"/store/carts/{world['cart']}/items/{world['item']}/").json()
    assert list(visitors["actions"]["PATCH"]) == ["quantity"]
    client.force_login(get_user_model().objects.get(pk=world["user"]))
    assert "cart_id" in client.options("/store/orders/").json()["actions"]["POST"]
    order = client.options(f"/store/orders/{world['order']}/").json()
    assert list(order["actions"]["PATCH"]) == ["payment_status"]


def test_what_one_may_not_do_is_not_told(client: Client, world: dict[str, Any]) -> None:
    assert "actions" not in client.options("/store/products/").json()
