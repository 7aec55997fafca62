"""The OpenAPI document is built once in a process, and sent again only where it has changed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory

from storefront.schema import documents

URL = "/api/schema/"
# More than a process has threads.
MANY = 16


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """A process that has built no document yet; a list of those that it builds."""
    build, found = SchemaGenerator.get_schema, []

    def get_schema(*args: Any, **kwargs: Any) -> Any:
        found.append(None)
        return build(*args, **kwargs)

    monkeypatch.setattr(SchemaGenerator, "get_schema", get_schema)
    monkeypatch.setattr(documents, "DOCUMENTS", {})
    return found


def test_many_at_once_wait_for_one(builds: list[None]) -> None:
    barrier = Barrier(MANY)

    def ask(number: int) -> documents.Document:
        barrier.wait()
        return documents.document(["json", "yaml"][number % 2])

    with ThreadPoolExecutor(MANY) as pool:
        found = set(pool.map(ask, range(MANY)))
    assert (len(builds), len(found)) == (1, 2)


def test_a_build_that_fails_is_tried_again(
    builds: list[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(documents, "built_documents", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            documents.document("json")
    assert documents.document("json").content


@pytest.mark.django_db
class TestView:
    @pytest.mark.parametrize(
        ("query", "accept", "content_type"),
        [
            ("", "*/*", "application/vnd.oai.openapi; charset=utf-8"),
            ("?format=yaml", "*/*", "application/vnd.oai.openapi; charset=utf-8"),
            ("?format=json", "*/*", "application/vnd.oai.openapi+json"),
            ("", "application/json", "application/json"),
            ("", "application/yaml", "application/yaml; charset=utf-8"),
            ("?lang=de&version=9", "application/json", "application/json"),
        ],
    )
    def test_serves_each_format(
        self, client: Client, query: str, accept: str, content_type: str
    ) -> None:
        response = client.get(URL + query, headers={"Accept": accept})
        assert (response.status_code, response["Content-Type"]) == (200, content_type)
        format_name = "json" if "json" in content_type else "yaml"
        assert response.content == documents.document(format_name).content
        assert response["ETag"] == documents.document(format_name).etag
        assert response["Content-Disposition"] == f'inline; filename="Storefront API.{format_name}"'

    def test_says_304_to_who_has_it(self, client: Client) -> None:
        etag = client.get(URL)["ETag"]
        again = client.get(URL, headers={"If-None-Match": etag})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
        other = client.get(f"{URL}?format=json", headers={"If-None-Match": etag})
        assert other.status_code == 200

    def test_builds_none_for_later_requests(self, client: Client, builds: list[None]) -> None:
        for number in range(5):
            assert client.get(f"{URL}?format=json&lang=l{number}").status_code == 200
        assert client.head(URL).status_code == 200
        assert len(builds) == 1

    def test_refuses_in_the_contract_s_form(self, client: Client) -> None:
        assert client.get(f"{URL}?format=xml").status_code == 404
        response = client.post(URL, headers={"Accept": "application/json"})
        assert (response.status_code, list(response.json())) == (405, ["detail"])
        bad_token = {"Authorization": "JWT nonsense", "Accept": "application/json"}
        assert client.get(URL, headers=bad_token).status_code == 401

    def test_is_the_same_for_everybody(self, authenticate: Any, api_client: APIClient) -> None:
        authenticate(is_staff=True)
        served = api_client.get(f"{URL}?format=json").content
        request = Request(APIRequestFactory().get(URL))
        built = SchemaGenerator().get_schema(request=request, public=True)
        assert served == OpenApiJsonRenderer().render(built)
