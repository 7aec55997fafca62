"""What tests read from `response.data` of a refusal has its code, as what a serializer refuses has."""

from decimal import Decimal

import pytest
from rest_framework.exceptions import ErrorDetail

from store.exceptions import CartChanged
from store.models import Product
from storefront.errors.handler import refusal_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("accept", ["application/json", "application/problem+json"])
def test_a_text_has_the_code_and_numbers_stay_numbers(api_client, sign_in, item, accept):
    sign_in()
    Product.objects.update(inventory=1)

    response = api_client.post("/store/orders/", {"cart_id": item.cart_id}, HTTP_ACCEPT=accept)

    assert response.status_code == 409
    assert response.data["detail"].code == "insufficient_stock"
    assert response.data["lines"] == [
        {"product_id": item.product_id, "requested": 2, "available": 1}
    ]


def test_the_error_of_the_contract_has_the_code(api_client, authenticate, product):
    authenticate(is_staff=True)

    response = api_client.delete(f"/store/collections/{product.collection_id}/")

    assert response.status_code == 405
    assert response.data["error"].code == "collection_not_empty"


def test_each_text_of_a_field_has_the_code(api_client, cart):
    response = api_client.post(f"/store/carts/{cart.id}/items/", {"product_id": 0, "quantity": 1})

    (detail,) = response.data["product_id"]
    assert (response.status_code, detail.code) == (400, "product_not_found")
    assert response.json() == {
        "product_id": ["No product with the given ID was found."],
        "code": "product_not_found",
    }


def test_an_amount_stays_an_amount():
    detail = refusal_of(CartChanged(Decimal("9.90"))).detail

    assert detail == {
        "detail": ErrorDetail("The total has risen; look at the cart again.", "cart_changed"),
        "total": Decimal("9.90"),
        "code": "cart_changed",
    }
    assert detail["detail"].code == detail["code"]
