from collections.abc import Callable
from typing import Any

import pytest
from model_bakery import baker
from rest_framework.exceptions import ValidationError
from rest_framework.test import APIClient

from tags.models import Tag, TaggedItem
from tags.serializers import TagSerializer

TAGS = "/tags/"

pytestmark = pytest.mark.django_db


class TestList:
    def test_everybody_reads_them_by_label(self, api_client: APIClient) -> None:
        sale, new = (Tag.objects.create(label=label) for label in ("sale", "new"))
        response = api_client.get(TAGS)
        assert response.status_code == 200
        assert response.json() == [
            {"id": new.pk, "label": "new"},
            {"id": sale.pk, "label": "sale"},
        ]

    @pytest.mark.parametrize("rows", [10, 100])
    def test_costs_one_query(
        self, api_client: APIClient, rows: int, django_assert_num_queries: Callable
    ) -> None:
        baker.make("tags.Tag", _quantity=rows, _bulk_create=True)
        with django_assert_num_queries(1):
            response = api_client.get(TAGS)
        assert len(response.json()) == rows

    def test_holds_a_hundred_rows_and_links_to_the_rest(self, api_client: APIClient) -> None:
        baker.make("tags.Tag", _quantity=101, _bulk_create=True)
        response = api_client.get(TAGS)
        assert len(response.json()) == 100
        assert response["Link"] == '<http://testserver/tags/?page=2>; rel="next"'
        assert len(api_client.get(TAGS, {"page": 2}).json()) == 1


class TestCreate:
    def test_staff_make_one(self, api_client: APIClient, authenticate: Callable) -> None:
        authenticate(is_staff=True)
        response = api_client.post(TAGS, {"label": "sale"})
        assert response.status_code == 201
        assert response.json() == {"id": Tag.objects.get(label="sale").pk, "label": "sale"}

    def test_a_bad_label_is_refused(
        self, api_client: APIClient, authenticate: Callable, subtests: pytest.Subtests
    ) -> None:
        authenticate(is_staff=True)

        for body, message in [
            ({}, "This field is required."),
            ({"label": ""}, "This field may not be blank."),
            ({"label": None}, "This field may not be null."),
            ({"label": ["sale"]}, "Not a valid string."),
            ({"label": "x" * 256}, "Ensure this field has no more than 255 characters."),
            ({"label": "a\0b"}, "Null characters are not allowed."),
        ]:
            with subtests.test(body=body, message=message):
                response = api_client.post(TAGS, body, format="json")
                assert (response.status_code, response.json()) == (400, {"label": [message]})
                assert not Tag.objects.exists()


SPELLINGS = ["SALE", " sale ", "\uff33ale", "sale\u3000"]
TAKEN = {"label": ["A tag with that label already exists."]}


class TestTaken:
    @pytest.mark.parametrize("label", SPELLINGS)
    def test_a_label_in_another_spelling_is_refused(
        self, api_client: APIClient, authenticate: Callable, tag: Tag, label: str
    ) -> None:
        authenticate(is_staff=True)
        new = Tag.objects.create(label="new")
        for response in (
            api_client.post(TAGS, {"label": label}),
            api_client.patch(f"{TAGS}{new.pk}/", {"label": label}),
        ):
            assert (response.status_code, response.json()) == (400, TAKEN)
        assert list(Tag.objects.values_list("label", flat=True)) == ["new", "sale"]

    def test_the_own_label_changes_its_spelling(
        self, api_client: APIClient, authenticate: Callable, tag: Tag
    ) -> None:
        authenticate(is_staff=True)
        response = api_client.patch(f"{TAGS}{tag.pk}/", {"label": "Sale"})
        assert (response.status_code, response.json()["label"]) == (200, "Sale")

    @pytest.mark.parametrize(("label", "other"), [("🎁", "🎉"), ("sale", "salé")])
    def test_what_a_collation_takes_for_one_is_two(
        self, api_client: APIClient, authenticate: Callable, label: str, other: str
    ) -> None:
        authenticate(is_staff=True)
        for each in (label, other):
            assert api_client.post(TAGS, {"label": each}).status_code == 201
        assert [tag.label for tag in Tag.objects.named(label)] == [label]

    def test_the_slower_of_two_requests_is_told_the_field(self, tag: Tag) -> None:
        slower = TagSerializer(data={"label": "Gift"})
        assert slower.is_valid()
        Tag.objects.create(label="gift")
        with pytest.raises(ValidationError) as refusal:
            slower.save()
        assert refusal.value.detail == TAKEN

    def test_the_admin_names_the_field(self, admin_client: Any, tag: Tag) -> None:
        page = admin_client.post("/admin/tags/tag/add/", {"label": "SALE"})
        assert page.context["errors"] == [TAKEN["label"]]

    def test_twins_from_before_are_told_apart(self, tag: Tag) -> None:
        Tag.objects.update(label_key=None)
        other = Tag.objects.create(label="x")
        Tag.objects.filter(pk=other.pk).update(label="Sale", label_key=None)
        assert list(Tag.objects.named("sale")) == [tag]
        assert list(Tag.objects.named("Sale")) == [other]


class TestDetail:
    def test_everybody_reads_one(self, api_client: APIClient, tag: Tag) -> None:
        response = api_client.get(f"{TAGS}{tag.pk}/")
        assert (response.status_code, response.json()) == (200, {"id": tag.pk, "label": "sale"})

    @pytest.mark.parametrize("method", ["put", "patch"])
    def test_staff_change_one(
        self, api_client: APIClient, authenticate: Callable, tag: Tag, method: str
    ) -> None:
        authenticate(is_staff=True)
        response = getattr(api_client, method)(f"{TAGS}{tag.pk}/", {"label": "new"})
        assert (response.status_code, response.json()) == (200, {"id": tag.pk, "label": "new"})
        tag.refresh_from_db()
        assert tag.label == "new"

    def test_staff_delete_one_with_what_it_tags(
        self, api_client: APIClient, authenticate: Callable, tag: Tag, product: Any
    ) -> None:
        TaggedItem.objects.create(tag=tag, content_object=product)
        authenticate(is_staff=True)
        response = api_client.delete(f"{TAGS}{tag.pk}/")
        assert (response.status_code, response.content) == (204, b"")
        assert not Tag.objects.exists()
        assert not TaggedItem.objects.exists()
        product.refresh_from_db()

    def test_one_that_is_not_there_is_404(self, api_client: APIClient) -> None:
        assert api_client.get(f"{TAGS}0/").status_code == 404


@pytest.mark.parametrize(("signed_in", "status"), [(False, 401), (True, 403)])
def test_only_staff_write(
    api_client: APIClient,
    authenticate: Callable,
    tag: Tag,
    signed_in: bool,
    status: int,
    subtests: pytest.Subtests,
) -> None:
    if signed_in:
        authenticate()

    for method in ["put", "patch", "delete"]:
        with subtests.test(method=method):
            assert (
                getattr(api_client, method)(f"{TAGS}{tag.pk}/", {"label": "x"}).status_code
                == status
            )
            assert api_client.post(TAGS, {"label": "x"}).status_code == status
            assert list(Tag.objects.values_list("label", flat=True)) == ["sale"]
