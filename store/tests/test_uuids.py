"""A UUID in capitals or without dashes is the same UUID, wherever it is sent."""

from uuid import UUID

import pytest
from django.urls import get_resolver

from store.models import Cart, Order

pytestmark = pytest.mark.django_db

SPELLINGS = {
    "in capitals": lambda cart: str(cart.pk).upper(),
    "without dashes": lambda cart: cart.pk.hex,
    "in capitals without dashes": lambda cart: cart.pk.hex.upper(),
}


@pytest.fixture(params=SPELLINGS)
def written(request, cart):
    return SPELLINGS[request.param](cart)


@pytest.mark.parametrize("end", ["-", "0", "g", "}"])
def test_what_is_no_uuid_of_a_cart_is_not_there(api_client, end):
    # With a last digit that is none of the ends.
    cart = Cart.objects.create(pk=UUID("8b0fcc2b-1f3c-4b0e-9a55-0f6f6a3f5d1c"))
    assert api_client.get(f"/store/carts/{cart.pk.hex[:-1]}{end}/").status_code == 404
    assert api_client.get(f"/store/carts/{cart.pk}{end}/").status_code == 404


def test_in_the_path_of_a_cart_and_its_items(api_client, cart, product, written):
    url = f"/store/carts/{written}/"
    body = {"product_id": product.pk, "quantity": 1}
    item = api_client.post(f"{url}items/", body, format="json")
    assert item.status_code == 201
    assert api_client.get(url).json()["id"] == str(cart.pk)
    assert len(api_client.get(f"{url}items/").json()) == 1
    one = f"{url}items/{item.json()['id']}/"
    assert api_client.patch(one, {"quantity": 3}).json() == {"quantity": 3}
    assert api_client.delete(url).status_code == 204
    assert not Cart.objects.exists()


def test_in_the_path_of_a_claim(api_client, sign_in, cart, written):
    user = sign_in()
    claimed = api_client.post(f"/store/carts/{written}/claim/")
    assert (claimed.status_code, claimed.json()["id"]) == (200, str(cart.pk))
    assert Cart.objects.get().user == user


def test_in_the_body_of_an_order(api_client, sign_in, item, written):
    sign_in()
    responses = [
        api_client.post("/store/orders/", {"cart_id": each}, format="json")
        for each in (written, str(item.cart_id))
    ]
    assert [response.status_code for response in responses] == [201, 200]
    assert Order.objects.get().cart_uuid == item.cart_id


def test_in_every_route_there_is():
    routes = [
        str(entry.pattern)
        for prefix in get_resolver().url_patterns
        for entry in getattr(prefix, "url_patterns", [prefix])
    ]
    assert [route for route in routes if "<any_uuid:" in route]
    assert [route for route in routes if "<uuid:" in route] == []
