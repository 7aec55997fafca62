from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient

from store.models import Product, ProductImage
from store.views.answers import AnswerResponse


@pytest.fixture
def kept(api_client: APIClient) -> Callable[[str], Any]:
    """Read as a visitor does, past the serializers or from memory, and return the answer."""

    def kept(url: str) -> AnswerResponse:
        response = api_client.get(url)
        assert isinstance(response, AnswerResponse), response
        return response

    return kept


@pytest.fixture
def serialized(api_client: APIClient) -> Callable[[str], Any]:
    """Read the same through the serializers, which a media type with a parameter asks for."""

    def serialized(url: str) -> Response:
        response = api_client.get(url, headers={"accept": "application/json; indent=2"})
        assert isinstance(response, Response)
        return response

    return serialized


@pytest.fixture
def shelf(make_product: Callable[..., Product], make_promotion: Callable[..., Any]) -> Product:
    """Put up a teapot with a picture and a promotion, and a pan; return the teapot."""
    product = make_product(title="Teapot", slug="teapot")
    make_product(title="Pan", slug="pan")
    ProductImage.objects.create(product=product, image="teapot.png")
    make_promotion(product)
    return product
