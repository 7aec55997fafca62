"""What a product is refused for; nothing is written then."""

import json

import pytest

from store.models import Product

pytestmark = pytest.mark.django_db
URL = "/store/products/"
NUMBERS = [None, "", "abc", True, [], {}, "NaN", "Infinity", "1e400", "9" * 5000]
BAD_FIELDS = {
    "title": [None, "", "   ", "x" * 256, "a\0b", [], {}, True],
    "slug": [None, "", "two words", "é", "x" * 256, "a\0b"],
    "description": ["a\0b", [], {}, True],
    "unit_price": [*NUMBERS, 0.99, "0.99", 0, -1, 100_000_000, "100000000.00", 1.234],
    "inventory": [*NUMBERS, -1, 1.5, 1_000_000_001, 10**30],
    "collection": [*NUMBERS, 0, -1, 1.5, 10**30, "x"],
}


@pytest.mark.parametrize("field", BAD_FIELDS)
def test_bad_field_is_named_and_nothing_is_written(
    api_client, authenticate, fields, product, field
):
    authenticate(is_staff=True)
    before = Product.objects.values().get()

    for value in BAD_FIELDS[field]:
        created = api_client.post(URL, {**fields, field: value}, format="json")
        changed = api_client.patch(f"{URL}{product.id}/", {field: value}, format="json")

        assert (value, created.status_code, list(created.json())) == (value, 400, [field])
        assert (value, changed.status_code, list(changed.json())) == (value, 400, [field])
    assert Product.objects.values().get() == before


@pytest.mark.parametrize("field", ["title", "slug", "unit_price", "inventory", "collection"])
def test_missing_field_is_named(api_client, authenticate, fields, field):
    authenticate(is_staff=True)
    del fields[field]

    response = api_client.post(URL, fields)

    assert response.status_code == 400
    assert response.json() == {field: ["This field is required."]}
    assert not Product.objects.exists()


def test_unknown_collection_is_told(api_client, authenticate, fields):
    authenticate(is_staff=True)

    response = api_client.post(URL, {**fields, "collection": 999})

    assert response.json() == {"collection": ['Invalid pk "999" - object does not exist.']}


def test_body_that_is_no_product_is_refused(api_client, authenticate, collection, subtests):
    authenticate(is_staff=True)

    for body in ["[]", "null", '"text"', "{}", ""]:
        with subtests.test(body=body):
            response = api_client.post(URL, body, content_type="application/json")

            assert response.status_code == 400
            assert isinstance(response.json(), dict)
            assert not Product.objects.exists()


@pytest.mark.parametrize("field", ["unit_price", "inventory", "collection"])
def test_number_that_is_none_in_json_is_refused(api_client, authenticate, fields, field):
    authenticate(is_staff=True)

    for value in ("NaN", "-Infinity", "1e400", "-1e400"):
        body = json.dumps({**fields, field: "?"}).replace('"?"', value)
        response = api_client.post(URL, body, content_type="application/json")
        assert (value, response.status_code) == (value, 400)
    assert not Product.objects.exists()


def test_other_media_types_are_refused(api_client, authenticate):
    authenticate(is_staff=True)

    response = api_client.post(URL, "<product/>", content_type="application/xml")

    assert response.status_code == 415
