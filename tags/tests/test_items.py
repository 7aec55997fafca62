from collections.abc import Callable
from typing import Any

import pytest
from model_bakery import baker
from rest_framework.test import APIClient

from tags.models import Tag, TaggedItem

ITEMS = "/tags/items/"
NOT_TAGGABLE = {"content_type": ["Objects of this type cannot be tagged."]}
NO_OBJECT = ["No object with this ID was found."]
NO_INTEGER = ["A valid integer is required."]

pytestmark = pytest.mark.django_db


@pytest.fixture
def body(tag: Tag, product: Any) -> dict[str, Any]:
    return {"tag": tag.pk, "content_type": "store.product", "object_id": product.pk}


@pytest.fixture
def item(tag: Tag, product: Any) -> TaggedItem:
    return TaggedItem.objects.create(tag=tag, content_object=product)


class TestList:
    def test_everybody_reads_them(
        self, api_client: APIClient, item: TaggedItem, body: dict[str, Any]
    ) -> None:
        response = api_client.get(ITEMS)
        assert (response.status_code, response.json()) == (200, [{"id": item.pk, **body}])

    @pytest.mark.parametrize("rows", [10, 100])
    def test_costs_one_query(
        self, api_client: APIClient, product: Any, rows: int, django_assert_num_queries: Callable
    ) -> None:
        for tag in baker.make("tags.Tag", _quantity=rows):
            TaggedItem.objects.create(tag=tag, content_object=product)
        with django_assert_num_queries(1):
            response = api_client.get(ITEMS)
        assert len(response.json()) == rows


class TestCreate:
    def test_tags_once_and_answers_alike_when_repeated(
        self, api_client: APIClient, authenticate: Callable, body: dict[str, Any]
    ) -> None:
        authenticate(is_staff=True)
        first, second = (api_client.post(ITEMS, body, format="json") for _ in range(2))
        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json() == second.json() == {"id": TaggedItem.objects.get().pk, **body}

    def test_the_name_of_the_type_is_read_in_any_case(
        self, api_client: APIClient, authenticate: Callable, body: dict[str, Any]
    ) -> None:
        authenticate(is_staff=True)
        response = api_client.post(ITEMS, {**body, "content_type": "store.Product"}, format="json")
        assert response.status_code == 201
        assert response.json()["content_type"] == "store.product"

    def test_a_type_that_is_not_registered_is_refused(
        self, api_client: APIClient, authenticate: Callable, body: dict, subtests: pytest.Subtests
    ) -> None:
        authenticate(is_staff=True)

        for content_type in [
            *["core.user", "auth.group", "tags.tag", "store.collection", "store", "product"],
            *["nonsense", "", "store.product.x", "store.product\0", 1, 1.5, True],
            *[["store.product"], {"store": "product"}],
        ]:
            with subtests.test(content_type=content_type):
                response = api_client.post(
                    ITEMS, {**body, "content_type": content_type}, format="json"
                )
                assert (response.status_code, response.json()) == (400, NOT_TAGGABLE)
                assert not TaggedItem.objects.exists()

    def test_a_bad_field_is_named(
        self, api_client: APIClient, authenticate: Callable, body: dict, subtests: pytest.Subtests
    ) -> None:
        authenticate(is_staff=True)

        for field, value, errors in [
            ("content_type", None, ["This field may not be null."]),
            ("object_id", None, ["This field may not be null."]),
            ("object_id", 0, NO_OBJECT),
            ("object_id", 2**31, NO_OBJECT),
            ("object_id", -1, ["Ensure this value is greater than or equal to 0."]),
            ("object_id", "abc", NO_INTEGER),
            ("object_id", 1.5, NO_INTEGER),
            ("object_id", [1], NO_INTEGER),
            ("tag", 0, ['Invalid pk "0" - object does not exist.']),
            ("tag", 2**63, ['Invalid pk "9223372036854775808" - object does not exist.']),
            ("tag", "sale", NO_INTEGER),
            ("tag", None, ["This field may not be null."]),
        ]:
            with subtests.test(field=field, value=value, errors=errors):
                response = api_client.post(ITEMS, {**body, field: value}, format="json")
                assert (response.status_code, response.json()) == (400, {field: errors})
                assert not TaggedItem.objects.exists()

    def test_a_number_that_is_no_id_is_refused(
        self, api_client: APIClient, authenticate: Callable, tag: Tag, subtests: pytest.Subtests
    ) -> None:
        authenticate(is_staff=True)

        for number in ["NaN", "Infinity", "1e400", str(2**63), "1" * 31, "9" * 5000]:
            with subtests.test(number=number):
                text = (
                    f'{{"tag": {tag.pk}, "content_type": "store.product", "object_id": {number}}}'
                )
                response = api_client.post(ITEMS, text, content_type="application/json")
                assert response.status_code == 400
                assert not TaggedItem.objects.exists()


class TestDetail:
    def test_everybody_reads_one(
        self, api_client: APIClient, item: TaggedItem, body: dict[str, Any]
    ) -> None:
        response = api_client.get(f"{ITEMS}{item.pk}/")
        assert (response.status_code, response.json()) == (200, {"id": item.pk, **body})

    def test_staff_take_the_tag_off(
        self, api_client: APIClient, authenticate: Callable, item: TaggedItem
    ) -> None:
        authenticate(is_staff=True)
        response = api_client.delete(f"{ITEMS}{item.pk}/")
        assert (response.status_code, response.content) == (204, b"")
        assert not TaggedItem.objects.exists()
        assert Tag.objects.count() == 1

    @pytest.mark.parametrize("method", ["put", "patch"])
    def test_one_is_not_changed(
        self, api_client: APIClient, authenticate: Callable, item: TaggedItem, method: str
    ) -> None:
        authenticate(is_staff=True)
        response = getattr(api_client, method)(f"{ITEMS}{item.pk}/", {})
        assert (response.status_code, response["Allow"]) == (405, "GET, DELETE, HEAD, OPTIONS")


@pytest.mark.parametrize(("signed_in", "status"), [(False, 401), (True, 403)])
def test_only_staff_write(
    api_client: APIClient,
    authenticate: Callable,
    item: TaggedItem,
    body: dict,
    signed_in: bool,
    status: int,
) -> None:
    if signed_in:
        authenticate()
    assert api_client.post(ITEMS, body, format="json").status_code == status
    assert api_client.delete(f"{ITEMS}{item.pk}/").status_code == status
    assert TaggedItem.objects.get() == item


def test_the_tags_of_an_object_come_in_one_query(
    tag: Tag, product: Any, django_assert_num_queries: Callable
) -> None:
    other = baker.make("store.Product", unit_price=10, inventory=1)
    for thing in (product, other):
        TaggedItem.objects.create(tag=tag, content_object=thing)
    # The content type may have to be looked up first; afterwards it is remembered.
    TaggedItem.objects.get_tags_for(type(product), product.pk)
    with django_assert_num_queries(1):
        items = list(TaggedItem.objects.get_tags_for(type(product), product.pk))
        assert [item.tag.label for item in items] == ["sale"]
    assert [item.object_id for item in items] == [product.pk]
