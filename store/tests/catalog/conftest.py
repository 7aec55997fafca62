from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient

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
