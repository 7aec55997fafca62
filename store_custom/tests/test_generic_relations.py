from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from model_bakery import baker
from rest_framework.test import APIClient

from likes.models import LikedItem
from store.models import Product
from tags.models import Tag, TaggedItem

pytestmark = pytest.mark.django_db


def tagged_and_liked(title: str) -> Product:
    product = baker.make("store.Product", title=title, unit_price=10, inventory=1)
    tag = Tag.objects.get_or_create(label="sale")[0]
    TaggedItem.objects.create(tag=tag, content_object=product)
    baker.make("likes.LikedItem", content_object=product)
    return product


@pytest.fixture
def product() -> Product:
    return tagged_and_liked("Lamp")


@pytest.fixture
def kept() -> Product:
    return tagged_and_liked("Chair")


def assert_only_is_left(kept: Product) -> None:
    assert Product.objects.get() == kept
    assert TaggedItem.objects.get().content_object == kept
    assert LikedItem.objects.get().content_object == kept
    assert Tag.objects.count() == 1


def test_go_with_a_product_deleted_over_the_api(
    api_client: APIClient, authenticate: Callable, product: Product, kept: Product
) -> None:
    authenticate(is_staff=True)
    assert api_client.delete(f"/store/products/{product.pk}/").status_code == 204
    assert_only_is_left(kept)


def test_go_with_a_product_deleted_by_a_queryset(product: Product, kept: Product) -> None:
    Product.objects.filter(pk=product.pk).delete()
    assert_only_is_left(kept)


def test_go_with_a_product_deleted_in_the_admin(
    admin_client: Client, product: Product, kept: Product
) -> None:
    url = f"/admin/store/product/{product.pk}/delete/"
    assert admin_client.post(url, {"post": "yes"}).status_code == 302
    assert_only_is_left(kept)


def test_stay_with_a_product_that_was_ordered(
    api_client: APIClient, sign_in: Callable, product: Product
) -> None:
    order = baker.make("store.Order", customer=sign_in(is_staff=True).customer)
    baker.make("store.OrderItem", order=order, product=product, unit_price=10, quantity=1)
    assert api_client.delete(f"/store/products/{product.pk}/").status_code == 405
    assert_only_is_left(product)


@pytest.mark.parametrize(
    ("tag", "titles"),
    [
        ("sale", ["Lamp"]),
        ("", ["Chair", "Lamp"]),
        ("nothing", []),
        ("%00", None),
    ],
)
def test_products_are_filtered_by_tag(
    api_client: APIClient, product: Product, tag: str, titles: Any
) -> None:
    baker.make("store.Product", title="Chair", unit_price=10, inventory=1)
    response = api_client.get(f"/store/products/?tag={tag}")
    if titles is None:
        assert (response.status_code, list(response.json())) == (400, ["tag"])
    else:
        assert [row["title"] for row in response.json()["results"]] == titles


def test_a_like_of_what_is_hidden_meanwhile_is_taken_back(
    api_client: APIClient, product: Product
) -> None:
    like = LikedItem.objects.get()
    api_client.force_authenticate(like.user)
    Product.objects.update(is_published=False)
    assert api_client.get("/likes/").json() == []

    assert api_client.delete(f"/likes/{like.pk}/").status_code == 204
    assert not LikedItem.objects.exists()
