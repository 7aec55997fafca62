from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from model_bakery import baker
from rest_framework.response import Response
from rest_framework.test import APIClient

from store.models import Product, ProductImage, Review
from tags.models import Tag, TaggedItem


@pytest.fixture
def read(api_client: APIClient) -> Callable[[str], Any]:
    """Read as whoever the client is, and return the response."""

    def read(url: str) -> Any:
        response = api_client.get(url)
        assert response.status_code == 200, response.content
        return response

    return read


@pytest.fixture
def cached(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Read twice as a visitor, and return the second response, which the cache gave."""

    def cached(url: str) -> Any:
        read(url)
        response = read(url)
        assert not isinstance(response, Response)
        return response

    return cached


@pytest.fixture
def uncached(api_client: APIClient) -> Callable[[str], Any]:
    """Read past the cache, by a media type with a parameter."""

    def uncached(url: str) -> Response:
        response = api_client.get(url, headers={"accept": "application/json; indent=2"})
        assert isinstance(response, Response)
        return response

    return uncached


@pytest.fixture
def shelf(make_product: Callable[..., Product], make_promotion: Callable[..., Any]) -> Product:
    """Put up a teapot with a picture and a promotion, and a pan; return the teapot."""
    product = make_product(title="Teapot", slug="teapot")
    make_product(title="Pan", slug="pan")
    ProductImage.objects.create(product=product, image="teapot.png")
    make_promotion(product)
    return product


@pytest.fixture
def products(collection, make_product, make_promotion):
    """Twelve products that differ in all that the list shows, filters or orders by."""
    other = baker.make("store.Collection", title="Garden")
    rows = [
        make_product(
            title=f"Cup é {number % 5} & {number}",
            description="A cup." if number % 2 else None,
            unit_price=f"{10 + number / 4:.2f}",
            inventory=number % 3,
            sku=f"cup-{number}" if number % 3 else None,
            collection=other if number % 4 == 0 else collection,
        )
        for number in range(12)
    ]
    for product in rows[::2]:
        baker.make(ProductImage, product=product, image=f"store/images/{product.pk}ü.png")
        baker.make(ProductImage, product=product, image="store/images/again.png")
        baker.make(Review, product=product, rating=5)
    soon = timezone.now() + timedelta(days=1)
    make_promotion(*rows[:6], description="Tenth", discount=0.1, ends_at=soon)
    make_promotion(*rows[4:8], description="Third", discount=1 / 3)
    make_promotion(*rows[:8], description="Gold", discount=0.5, memberships="G")
    make_promotion(*rows[:8], description="Later", discount=0.9, starts_at=soon)
    tag, kind = baker.make(Tag, label="sale"), ContentType.objects.get_for_model(Product)
    for product in rows[3:7]:
        TaggedItem.objects.create(tag=tag, content_type=kind, object_id=product.pk)
    return rows
