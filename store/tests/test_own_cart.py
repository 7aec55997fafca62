"""The cart of a signed-in user, on any device."""

import pytest

from store.models import Cart, CartItem

pytestmark = pytest.mark.django_db

URL = "/store/carts/me/"


def test_needs_a_user(api_client):
    assert [api_client.get(URL).status_code, api_client.post(URL).status_code] == [401, 401]
    assert not Cart.objects.exists()


def test_there_is_none_until_it_is_made(api_client, sign_in):
    sign_in()
    assert api_client.get(URL).status_code == 404
    assert not Cart.objects.exists()


def test_is_made_once_and_is_a_cart_as_others(api_client, sign_in, product):
    user = sign_in()

    made, again = api_client.post(URL), api_client.post(URL)

    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json() == again.json() == api_client.get(URL).json()
    cart = Cart.objects.get()
    assert (cart.user, made.json()["id"], made.json()["items"]) == (user, str(cart.pk), [])
    items = f"/store/carts/{cart.pk}/items/"
    assert api_client.post(items, {"product_id": product.pk, "quantity": 2}).status_code == 201
    assert api_client.get(URL).json()["total_price"] == 20


def test_is_one_s_own(api_client, sign_in, product):
    ann = sign_in()
    CartItem.objects.create(cart=Cart.objects.create(user=ann), product=product, quantity=1)
    sign_in("bob")
    assert api_client.get(URL).status_code == 404
    assert api_client.post(URL).json()["items"] == []
    assert Cart.objects.count() == 2


def test_an_order_takes_it_and_the_next_one_is_new(api_client, sign_in, product):
    sign_in()
    first = api_client.post(URL).json()["id"]
    api_client.post(f"/store/carts/{first}/items/", {"product_id": product.pk, "quantity": 1})
    assert api_client.post("/store/orders/", {"cart_id": first}).status_code == 201
    assert api_client.get(URL).status_code == 404
    assert api_client.post(URL).json()["id"] != first


def test_what_is_no_method_of_it(api_client, sign_in):
    sign_in()
    response = api_client.put(URL, {})
    assert (response.status_code, response["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")
