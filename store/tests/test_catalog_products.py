import pytest

pytestmark = pytest.mark.django_db


def test_product_shows_exactly_its_fields(api_client, product):
    response = api_client.get(f"/store/products/{product.id}/")

    assert response.status_code == 200
    assert response.json() == {
        "id": product.id,
        "title": "Teapot",
        "description": None,
        "slug": "teapot",
        "inventory": 10,
        "unit_price": 10.0,
        "price_with_tax": 11.0,
        "collection": product.collection_id,
        "images": [],
    }
