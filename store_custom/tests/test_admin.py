from typing import Any

import pytest
from pytest_django.asserts import assertContains

from likes.models import LikedItem
from store.tests.admin.forms import errors_in, inline, product_form
from store.tests.conftest import collection, make_product, product
from tags.models import Tag, TaggedItem

__all__ = ["collection", "make_product", "product"]

pytestmark = pytest.mark.django_db

PREFIX = "tags-taggeditem-content_type-object_id"


def tags_form(product: Any, *rows: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    return product_form(product) | inline(PREFIX, list(rows), initial)


@pytest.fixture
def tag(db: None) -> Tag:
    return Tag.objects.create(label="Gift")


@pytest.fixture
def url(product):
    return f"/admin/store/product/{product.pk}/change/"


def test_tags_are_chosen_by_typing(admin_client, url, tag):
    assertContains(admin_client.get(url), 'data-model-name="taggeditem"')
    query = "app_label=tags&model_name=taggeditem&field_name=tag&term=gi"

    found = admin_client.get(f"/admin/autocomplete/?{query}").json()["results"]

    assert found == [{"id": str(tag.pk), "text": "Gift"}]


def test_a_product_gets_a_tag(admin_client, url, product, tag):
    admin_client.post(url, tags_form(product, {"tag": tag.pk}))

    assert product.tagged_items.get().tag == tag
    assertContains(admin_client.get(url), "Gift")


def test_a_product_loses_a_tag(admin_client, url, product, tag):
    item = product.tagged_items.create(tag=tag)

    admin_client.post(url, tags_form(product, {"id": item.pk, "DELETE": "on"}, initial=1))

    assert not TaggedItem.objects.exists()
    assert Tag.objects.get() == tag


def test_a_new_tag_twice_is_refused(admin_client, url, product, tag):
    page = admin_client.post(url, tags_form(product, {"tag": tag.pk}, {"tag": tag.pk}))

    assert errors_in(page) == ["The product has this tag already."]
    assert not TaggedItem.objects.exists()


def test_a_tag_that_is_there_already_is_refused(admin_client, url, product, tag):
    item = product.tagged_items.create(tag=tag)

    form = tags_form(product, {"id": item.pk}, {"tag": tag.pk}, initial=1)
    page = admin_client.post(url, form)

    assert errors_in(page) == ["The product has this tag already."]
    assert TaggedItem.objects.get() == item


def test_a_tag_can_be_removed_and_given_again_at_once(admin_client, url, product, tag):
    item = product.tagged_items.create(tag=tag)

    row = {"id": item.pk, "DELETE": "on"}
    admin_client.post(url, tags_form(product, row, {"tag": tag.pk}, initial=1))

    assert product.tagged_items.get().tag == tag


def test_many_tags_cost_no_more_queries(admin_client, url, product, django_assert_num_queries):
    for number in range(20):
        product.tagged_items.create(tag=Tag.objects.create(label=f"Tag {number}"))

    with django_assert_num_queries(7):
        admin_client.get(url)


def test_likes_show_what_is_liked(admin_client, product, admin_user):
    like = LikedItem.objects.create(user=admin_user, content_object=product)

    assertContains(admin_client.get("/admin/likes/likeditem/"), "Teapot")
    assertContains(admin_client.get(f"/admin/likes/likeditem/{like.pk}/change/"), "Teapot")


def test_staff_give_no_likes(admin_client):
    assert admin_client.get("/admin/likes/likeditem/add/").status_code == 403


def test_deleting_a_tag_leaves_its_products(admin_client, product, tag):
    product.tagged_items.create(tag=tag)
    url = f"/admin/tags/tag/{tag.pk}/delete/"

    assertContains(admin_client.get(url), "Tagged objects: 1")
    admin_client.post(url, {"post": "yes"})

    assert not Tag.objects.exists()
    product.refresh_from_db()


def test_deleting_a_product_takes_its_tags_and_likes_along(admin_client, product, tag, admin_user):
    product.tagged_items.create(tag=tag)
    LikedItem.objects.create(user=admin_user, content_object=product)

    admin_client.post(f"/admin/store/product/{product.pk}/delete/", {"post": "yes"})

    assert not TaggedItem.objects.exists()
    assert not LikedItem.objects.exists()
