"""Tags in the admin: counted, renamed, and merged with all that refers to them."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from model_bakery import baker
from pytest_django.asserts import assertContains, assertNotContains

from store.models import Product, Promotion
from store_custom.models import PromotedTag
from storefront.admin.actions import CHANGED_SINCE
from tags.exceptions import TagsChanged
from tags.models import Tag, TaggedItem
from tags.services import merge_tags

pytestmark = pytest.mark.django_db

LIST = "/admin/tags/tag/"


@pytest.fixture
def tags(db: None) -> list[Tag]:
    return [Tag.objects.create(label=label) for label in ("sale", "Sales", "offer")]


@pytest.fixture
def products(tags: list[Tag]) -> list[Product]:
    """The first has sale and Sales, the second Sales and offer, the third all three."""
    made = baker.make(Product, unit_price=10, inventory=20, _quantity=3)
    for product, own in zip(made, [tags[:2], tags[1:], tags], strict=True):
        for tag in own:
            TaggedItem.objects.create(tag=tag, content_object=product)
    return made


@pytest.fixture
def make_promotion(db: None) -> Callable[..., Promotion]:
    def make_promotion(**fields: Any) -> Promotion:
        return baker.make(Promotion, starts_at=timezone.now() - timedelta(days=1), **fields)

    return make_promotion


def address(*tags: Tag, into: Tag | None = None) -> str:
    query = "&".join(f"tag={tag.pk}" for tag in tags)
    return f"{LIST}merge/?{query}{f'&into={into.pk}' if into else ''}"


def confirmation(*tags: Tag, into: Any) -> dict[str, Any]:
    labels = {f"label-{tag.pk}": tag.label for tag in tags}
    return {"tag": [tag.pk for tag in tags], "into": getattr(into, "pk", into), **labels}


def said(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def tagged() -> set[tuple[str, int]]:
    return set(TaggedItem.objects.values_list("tag__label", "object_id"))


class TestList:
    def test_counts_the_objects_of_each_in_one_query(
        self, admin_client: Any, tags: list[Tag], products: list[Product]
    ) -> None:
        with CaptureQueriesContext(connection) as queries:
            page = admin_client.get(LIST)

        counts = {tag.label: tag.items_count for tag in page.context["cl"].result_list}
        assert counts == {"sale": 2, "Sales": 3, "offer": 2}
        assert len(queries) == 4

    def test_sorts_by_them(self, admin_client: Any, tags: list[Tag], products: Any) -> None:
        page = admin_client.get(LIST, {"o": "-2"})

        assert page.context["cl"].result_list[0] == tags[1]


class TestRefused:
    def test_without_the_right_to_delete(
        self, client: Any, tags: list[Tag], django_user_model: Any
    ) -> None:
        clerk = django_user_model.objects.create_user("clerk", "c@example.com", is_staff=True)
        clerk.user_permissions.set(Permission.objects.filter(codename__in=["change_tag"]))
        client.force_login(clerk)

        response = client.post(address(*tags), confirmation(*tags, into=tags[0]))

        assert response.status_code == 403
        assert Tag.objects.count() == 3

    @pytest.mark.parametrize("query", ["", "?tag=x", "?tag=1&tag=%00", f"?tag={'9' * 30}"])
    def test_of_fewer_than_two(self, admin_client: Any, tags: list[Tag], query: str) -> None:
        page = admin_client.get(f"{LIST}merge/{query}", follow=True)

        assert len(said(page)) == 1
        assert page.redirect_chain[0][0] == LIST

    def test_without_a_choice(self, admin_client: Any, tags: list[Tag]) -> None:
        for into in ("", "x", 10**30):
            page = admin_client.post(address(*tags), confirmation(*tags, into=into))
            assert said(page) == ["Choose which tag stays."]
        assert Tag.objects.count() == 3

    def test_where_one_was_renamed_since(self, admin_client: Any, tags: list[Tag]) -> None:
        sent = confirmation(*tags, into=tags[0])
        Tag.objects.filter(pk=tags[1].pk).update(label="Garden")

        page = admin_client.post(address(*tags), sent)

        assert said(page) == [CHANGED_SINCE]
        assertContains(page, "Garden")
        assert Tag.objects.count() == 3

    def test_where_one_is_gone(self, tags: list[Tag]) -> None:
        labels = {tag.pk: tag.label for tag in tags}
        tags[1].delete()

        with pytest.raises(TagsChanged):
            merge_tags(labels=labels, into=tags[0].pk)
        assert Tag.objects.count() == 2


class TestMerge:
    def test_moves_the_objects_each_once(
        self, admin_client: Any, tags: list[Tag], products: list[Product]
    ) -> None:
        page = admin_client.post(address(*tags), confirmation(*tags, into=tags[0]), follow=True)

        assert said(page) == [
            "Merged “Sales”, “offer” into “sale”, which 1 object has now in their place."
        ]
        assert tagged() == {("sale", product.pk) for product in products}
        assert Tag.objects.get() == tags[0]
        assert LogEntry.objects.get().change_message == "Merged “Sales”, “offer” into it."

    def test_a_second_click_changes_nothing(self, admin_client: Any, tags: list[Tag]) -> None:
        sent = confirmation(*tags[:2], into=tags[0])
        admin_client.post(address(*tags[:2]), sent, follow=True)

        page = admin_client.post(address(*tags[:2]), sent, follow=True)

        assert said(page) == ["The tags are merged or deleted already. Nothing was changed."]
        assert Tag.objects.count() == 2

    def test_promotions_follow_and_price_the_objects(
        self, api_client: Any, tags: list[Tag], products: list[Product], make_promotion: Any
    ) -> None:
        both, one = make_promotion(discount=0.1), make_promotion(discount=0.5)
        for promotion, tag in [(both, tags[0]), (both, tags[2]), (one, tags[2])]:
            PromotedTag.objects.create(promotion=promotion, tag=tag)
        url = f"/store/products/{products[0].pk}/"
        assert api_client.get(url).json()["price"] == 9

        merge_tags(labels={tag.pk: tag.label for tag in tags}, into=tags[0].pk)

        kept = PromotedTag.objects.values_list("promotion", "tag").order_by("promotion")
        assert list(kept) == [(both.pk, tags[0].pk), (one.pk, tags[0].pk)]
        shown = api_client.get(url).json()
        assert (shown["price"], shown["tags"]) == (5, ["sale"])

    def test_the_page_names_what_follows(
        self, admin_client: Any, tags: list[Tag], make_promotion: Any
    ) -> None:
        promotion = make_promotion(description="Spring", discount=0.1)
        PromotedTag.objects.create(promotion=promotion, tag=tags[2])

        assertContains(admin_client.get(address(*tags)), "<li>Spring on offer</li>")
        assertNotContains(admin_client.get(address(*tags[:2])), "Spring")

    def test_is_reached_from_the_list(self, admin_client: Any, tags: list[Tag]) -> None:
        form = {"action": "merge", "_selected_action": [tag.pk for tag in tags[:2]]}

        page = admin_client.post(LIST, form, follow=True)

        assertContains(page, "<strong>2 tags</strong> stays")


class TestRename:
    def test_to_a_taken_label_offers_a_merge(self, admin_client: Any, tags: list[Tag]) -> None:
        page = admin_client.post(f"{LIST}{tags[2].pk}/change/", {"label": "SALE"})

        assertContains(page, "A tag with that label already exists.")
        url = address(tags[2], tags[0], into=tags[0]).replace("&", "&amp;")
        assertContains(page, f"<a href='{url}'>Merge “offer” into it</a>")
        assert Tag.objects.filter(label="offer").exists()

    def test_to_a_free_one_keeps_the_objects(
        self, admin_client: Any, tags: list[Tag], products: Any
    ) -> None:
        admin_client.post(f"{LIST}{tags[0].pk}/change/", {"label": "Bargain"})

        assert tags[0].items.filter(tag__label="Bargain").count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_merges_at_once_one_holds(tags: list[Tag], products: list[Product]) -> None:
    labels = {tag.pk: tag.label for tag in tags}
    start, ends = Barrier(2), []

    def merge(into: Tag) -> None:
        start.wait()
        try:
            merge_tags(labels=labels, into=into.pk)
            ends.append("merged")
        except TagsChanged:
            ends.append("refused")
        connection.close()

    workers = [Thread(target=merge, args=[tag]) for tag in tags[:2]]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(ends) == ["merged", "refused"]
    assert tagged() == {(Tag.objects.get().label, product.pk) for product in products}
