from collections.abc import Callable
from typing import Any

import pytest
from model_bakery import baker
from rest_framework.test import APIClient

from likes.models import LikedItem

LIKES = "/likes/"
NO_OBJECT = ["No object with this ID was found."]
NO_INTEGER = ["A valid integer is required."]

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(db: None) -> Any:
    return baker.make("store.Product", title="Lamp", unit_price=10, inventory=1)


@pytest.fixture
def body(product: Any) -> dict[str, Any]:
    return {"content_type": "store.product", "object_id": product.pk}


@pytest.fixture
def anothers(product: Any) -> LikedItem:
    return baker.make("likes.LikedItem", content_object=product)


class TestList:
    def test_shows_the_own_likes_newest_first(
        self, api_client: APIClient, sign_in: Callable, anothers: LikedItem
    ) -> None:
        user = sign_in()
        products = baker.make("store.Product", unit_price=10, inventory=1, _quantity=2)
        likes = [LikedItem.objects.create(user=user, content_object=each) for each in products]
        response = api_client.get(LIKES)
        assert response.status_code == 200
        assert response.json() == [
            {"id": like.pk, "content_type": "store.product", "object_id": like.object_id}
            for like in reversed(likes)
        ]

    @pytest.mark.parametrize("rows", [10, 100])
    def test_costs_one_query(
        self,
        api_client: APIClient,
        sign_in: Callable,
        rows: int,
        django_assert_num_queries: Callable,
    ) -> None:
        user = sign_in()
        for product in baker.make("store.Product", unit_price=10, inventory=1, _quantity=rows):
            LikedItem.objects.create(user=user, content_object=product)
        with django_assert_num_queries(1):
            response = api_client.get(LIKES)
        assert len(response.json()) == rows

    def test_holds_a_hundred_rows_and_links_to_the_rest(
        self, api_client: APIClient, sign_in: Callable, product: Any
    ) -> None:
        user = sign_in()
        first = LikedItem.objects.create(user=user, content_object=product)
        LikedItem.objects.bulk_create(
            LikedItem(user=user, content_type=first.content_type, object_id=product.pk + number)
            for number in range(1, 101)
        )
        response = api_client.get(LIKES)
        assert len(response.json()) == 100
        assert response["Link"] == '<http://testserver/likes/?page=2>; rel="next"'
        assert [row["id"] for row in api_client.get(LIKES, {"page": 2}).json()] == [first.pk]


class TestCreate:
    def test_likes_once_and_answers_alike_when_repeated(
        self, api_client: APIClient, sign_in: Callable, body: dict[str, Any]
    ) -> None:
        user = sign_in()
        first, second = (api_client.post(LIKES, body, format="json") for _ in range(2))
        assert (first.status_code, second.status_code) == (201, 200)
        like = LikedItem.objects.get()
        assert first.json() == second.json() == {"id": like.pk, **body}
        assert like.user == user

    def test_many_people_like_the_same(
        self, api_client: APIClient, sign_in: Callable, anothers: LikedItem, body: dict[str, Any]
    ) -> None:
        sign_in()
        response = api_client.post(LIKES, body, format="json")
        assert response.status_code == 201
        assert response.json()["id"] != anothers.pk
        assert LikedItem.objects.count() == 2

    def test_nobody_likes_in_the_name_of_another(
        self, api_client: APIClient, sign_in: Callable, anothers: LikedItem, body: dict[str, Any]
    ) -> None:
        user = sign_in()
        api_client.post(LIKES, {**body, "user": anothers.user_id}, format="json")
        assert LikedItem.objects.filter(user=user).count() == 1
        assert LikedItem.objects.filter(user=anothers.user).count() == 1

    def test_a_type_that_is_not_registered_is_refused(
        self, api_client: APIClient, sign_in: Callable, body: dict, subtests: pytest.Subtests
    ) -> None:
        sign_in()

        for content_type in [
            "core.user",
            "auth.group",
            "tags.tag",
            "nonsense",
            "",
            1,
            True,
            ["store.product"],
            {},
        ]:
            with subtests.test(content_type=content_type):
                response = api_client.post(
                    LIKES, {**body, "content_type": content_type}, format="json"
                )
                assert response.status_code == 400
                assert response.json() == {
                    "content_type": ["Objects of this type cannot be liked."]
                }
                assert not LikedItem.objects.exists()

    def test_a_bad_field_is_named(
        self, api_client: APIClient, sign_in: Callable, body: dict, subtests: pytest.Subtests
    ) -> None:
        sign_in()

        for field, value, errors in [
            ("content_type", None, ["This field may not be null."]),
            ("object_id", None, ["This field may not be null."]),
            ("object_id", 0, NO_OBJECT),
            ("object_id", -1, ["Ensure this value is greater than or equal to 0."]),
            ("object_id", "abc", NO_INTEGER),
            ("object_id", {}, NO_INTEGER),
        ]:
            with subtests.test(field=field, value=value, errors=errors):
                response = api_client.post(LIKES, {**body, field: value}, format="json")
                assert (response.status_code, response.json()) == (400, {field: errors})
                assert not LikedItem.objects.exists()

    def test_a_number_that_is_no_id_is_refused(
        self, api_client: APIClient, sign_in: Callable, subtests: pytest.Subtests
    ) -> None:
        sign_in()

        for number in ["NaN", "-Infinity", "1e400", str(2**63), "9" * 5000]:
            with subtests.test(number=number):
                text = f'{{"content_type": "store.product", "object_id": {number}}}'
                response = api_client.post(LIKES, text, content_type="application/json")
                assert response.status_code == 400
                assert not LikedItem.objects.exists()


class TestDetail:
    def test_a_like_is_read_and_taken_back(
        self, api_client: APIClient, sign_in: Callable, body: dict[str, Any]
    ) -> None:
        sign_in()
        like = api_client.post(LIKES, body, format="json").json()
        url = f"{LIKES}{like['id']}/"
        assert api_client.get(url).json() == like
        response = api_client.delete(url)
        assert (response.status_code, response.content) == (204, b"")
        assert not LikedItem.objects.exists()

    @pytest.mark.parametrize("is_staff", [False, True])
    def test_that_of_another_is_404(
        self,
        api_client: APIClient,
        sign_in: Callable,
        anothers: LikedItem,
        is_staff: bool,
        subtests: pytest.Subtests,
    ) -> None:
        sign_in(is_staff=is_staff)

        for method in ["get", "delete"]:
            with subtests.test(method=method):
                assert getattr(api_client, method)(f"{LIKES}{anothers.pk}/").status_code == 404
                assert LikedItem.objects.get() == anothers

    @pytest.mark.parametrize("method", ["put", "patch"])
    def test_one_is_not_changed(
        self, api_client: APIClient, sign_in: Callable, anothers: LikedItem, method: str
    ) -> None:
        sign_in()
        response = getattr(api_client, method)(f"{LIKES}{anothers.pk}/", {})
        assert (response.status_code, response["Allow"]) == (405, "GET, DELETE, HEAD, OPTIONS")


def test_strangers_neither_see_nor_like_nor_unlike(
    api_client: APIClient, anothers: LikedItem, body: dict[str, Any]
) -> None:
    url = f"{LIKES}{anothers.pk}/"
    assert api_client.get(LIKES).status_code == 401
    assert api_client.post(LIKES, body, format="json").status_code == 401
    assert api_client.get(url).status_code == api_client.delete(url).status_code == 401
    assert LikedItem.objects.get() == anothers
