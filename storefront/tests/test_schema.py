"""The OpenAPI document describes the API that runs."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator
from rest_framework.test import APIClient

from .routes import CANNOT_WORK, READS, ROUTES

pytestmark = pytest.mark.once

PREFIXES = ("store/", "auth/", "tags/", "likes/")


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def without_names(path: str) -> str:
    return re.sub(r"\{\w+\}|<[^>]+>", "{}", path)


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield path, entry.callback
        else:
            yield from routes(entry, path)


def served() -> set[tuple[str, str]]:
    """Return each method and path that the URL conf serves below the API's prefixes."""
    found = set()
    for path, view in routes(get_resolver()):
        cls = getattr(view, "cls", None)
        if cls is None or not path.startswith(PREFIXES):
            continue
        actions = getattr(view, "actions", None) or {m: m for m in cls.http_method_names}
        methods = {m for m in actions if m in cls.http_method_names and hasattr(cls, actions[m])}
        found |= {(m, without_names(f"/{path}")) for m in methods - {"head", "options"}}
    return found


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def resolve(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        kind, name = part["$ref"].split("/")[-2:]
        part = schema["components"][kind][name]
    return part


def test_it_is_valid_openapi_3_1(schema: dict[str, Any]) -> None:
    validate_schema(schema)
    assert "'nullable'" not in str(schema)
    assert schema["openapi"] == "3.1.0"


def test_it_describes_every_route_and_nothing_else(schema: dict[str, Any]) -> None:
    described = {(method, without_names(path)) for method, path, _ in operations(schema)}
    assert described == served() - CANNOT_WORK
    assert len(described) > 60


def test_every_operation_has_a_name_of_its_own_and_a_group(schema: dict[str, Any]) -> None:
    nameless = [
        (m, path) for m, path, operation in operations(schema) if "summary" not in operation
    ]
    assert nameless == []
    groups = [group["name"] for group in schema["tags"]]
    summaries = [operation["summary"] for _, _, operation in operations(schema)]
    assert len(set(summaries)) == len(summaries)
    assert all(group["description"] for group in schema["tags"])
    assert {tag for _, _, operation in operations(schema) for tag in operation["tags"]} == set(
        groups
    )


def test_every_read_answers_what_its_schema_says(
    schema: dict[str, Any], world: dict[str, Any], api_client: APIClient, django_user_model: Any
) -> None:
    api_client.force_authenticate(django_user_model.objects.get(pk=world["user"]))
    by_path = {
        without_names(path): methods["get"]
        for path, methods in schema["paths"].items()
        if "get" in methods
    }
    assert {without_names(path) for path in READS} == set(by_path)
    for path in READS:
        response = api_client.get(path.format(**world))
        content = by_path[without_names(path)]["responses"]["200"]["content"]
        if "application/json" not in content:
            # A PDF has no schema.
            assert (response.status_code, {*content}) == (200, {response["Content-Type"]})
            continue
        expected = {**content["application/json"]["schema"], "components": schema["components"]}
        errors = list(Draft202012Validator(expected).iter_errors(response.json()))
        assert (path, response.status_code, errors) == (path, 200, [])


def test_products_come_in_pages_and_every_other_list_as_an_array(schema: dict[str, Any]) -> None:
    lists = {
        path: operation["responses"]["200"]
        for method, path, operation in operations(schema)
        if operation["operationId"].endswith("_list")
    }
    types = {
        path: resolve(schema, response["content"]["application/json"]["schema"])["type"]
        for path, response in lists.items()
    }
    assert types.pop("/store/products/") == "object"
    assert types == dict.fromkeys(types, "array")
    assert len(types) == 26
    # A report is as long as what it was asked for.
    paged = [path for path in types if not path.startswith("/store/reports/")]
    assert len(paged) == 16
    assert all("Link" in lists[path]["headers"] for path in paged)


def test_every_filter_of_the_products_is_there(schema: dict[str, Any]) -> None:
    parameters = schema["paths"]["/store/products/"]["get"]["parameters"]
    assert {parameter["name"] for parameter in parameters} >= {
        *["collection_id", "collection", "unit_price__gt", "unit_price__lt", "price_min"],
        *[
            "price_max",
            "in_stock",
            "tag",
            "rating_min",
            "search",
            "q",
            "ordering",
            "page",
            "page_size",
        ],
    }


def test_an_operation_lists_its_answers(schema: dict[str, Any], subtests: pytest.Subtests) -> None:
    for method, path, statuses in [
        ("post", "/store/orders/", "200 201 400 401 403 406 409 413 415 422 429 503"),
        ("post", "/store/orders/{id}/ship/", "200 400 401 403 404 406 409 413 415 429 503"),
        (
            "post",
            "/store/orders/{order_pk}/payments/",
            "201 400 401 403 404 406 409 413 415 429 503",
        ),
        ("post", "/store/payments/webhook/", "200 400 404 406 413 415 503"),
        ("post", "/store/carts/{id}/claim/", "200 400 401 403 404 406 409 429 503"),
        ("patch", "/store/orders/{id}/", "200 400 401 403 404 406 409 412 413 415 429 503"),
        ("delete", "/store/products/{id}/", "204 401 403 404 405 406 409 412 429 503"),
        (
            "post",
            "/store/products/{product_pk}/reviews/",
            "201 400 401 403 404 406 409 413 415 429 503",
        ),
        (
            "put",
            "/store/products/{product_pk}/reviews/{id}/",
            "200 400 401 403 404 406 409 412 413 415 429 503",
        ),
        ("get", "/store/products/", "200 304 400 401 403 404 406 503"),
        ("get", "/store/collections/{id}/", "200 304 401 403 404 406 503"),
        ("post", "/auth/jwt/create/", "200 400 401 406 413 415 429 503"),
        ("post", "/auth/users/set_password/", "204 400 401 403 406 409 413 415 429 503"),
        ("delete", "/auth/users/me/", "204 400 401 403 406 409 412 413 415 429 503"),
        ("delete", "/auth/users/{id}/", "204 400 401 403 404 406 409 412 413 415 429 503"),
        ("get", "/store/customers/me/", "200 304 401 403 404 406 503"),
        ("put", "/store/customers/me/", "200 400 401 403 406 409 412 413 415 429 503"),
        ("post", "/likes/", "200 201 400 401 403 406 409 413 415 429 503"),
    ]:
        with subtests.test(method=method, path=path, statuses=statuses):
            assert " ".join(schema["paths"][path][method]["responses"]) == statuses


def test_who_asks_too_often_is_told_how_long_to_wait(schema: dict[str, Any]) -> None:
    operation = schema["paths"]["/store/carts/"]["post"]
    response = resolve(schema, operation["responses"]["429"])
    assert response["headers"]["Retry-After"]["schema"] == {"type": "integer", "minimum": 0}


def test_authorize_takes_a_bearer_token(schema: dict[str, Any]) -> None:
    (scheme,) = schema["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")


def test_what_all_may_do_needs_no_token(schema: dict[str, Any]) -> None:
    public = {
        (method, path)
        for method, path, operation in operations(schema)
        if {} in operation["security"]
    }
    assert ("get", "/store/products/") in public
    assert ("post", "/store/products/{product_pk}/reviews/") in public
    assert ("post", "/store/carts/") in public
    assert ("post", "/auth/jwt/create/") in public
    assert ("post", "/store/products/") not in public
    assert ("get", "/store/orders/") not in public
    assert ("delete", "/store/products/{product_pk}/reviews/{id}/") not in public


def test_the_key_of_an_order_is_a_header_and_its_replay_too(schema: dict[str, Any]) -> None:
    operation = schema["paths"]["/store/orders/"]["post"]
    headers = {part["name"]: part for part in operation["parameters"] if part["in"] == "header"}
    assert list(headers) == ["Idempotency-Key"]
    assert not headers["Idempotency-Key"].get("required")
    for status in ("200", "201"):
        assert "Idempotency-Replayed" in operation["responses"][status]["headers"]


def test_pictures_are_sent_as_a_form(schema: dict[str, Any]) -> None:
    body = schema["paths"]["/store/products/{product_pk}/images/"]["post"]["requestBody"]
    sent = resolve(schema, body["content"]["multipart/form-data"]["schema"])
    assert sent["properties"]["image"]["format"] == "binary"
    assert "application/json" not in body["content"]


def test_signing_in_takes_a_name_and_gives_two_tokens(schema: dict[str, Any]) -> None:
    operation = schema["paths"]["/auth/jwt/create/"]["post"]
    sent = resolve(schema, operation["requestBody"]["content"]["application/json"]["schema"])
    given = resolve(schema, operation["responses"]["200"]["content"]["application/json"]["schema"])
    assert sorted(sent["properties"]) == ["otp", "password", "username"]
    assert sorted(sent["required"]) == ["password", "username"]
    assert sorted(given["properties"]) == ["access", "refresh"]


def test_deleting_an_account_takes_the_password(schema: dict[str, Any]) -> None:
    for path in ("/auth/users/me/", "/auth/users/{id}/"):
        body = schema["paths"][path]["delete"]["requestBody"]
        assert body["required"] is True
        sent = resolve(schema, body["content"]["application/json"]["schema"])
        assert sent["required"] == ["current_password"]


def test_every_known_address_is_described(schema: dict[str, Any]) -> None:
    described = {without_names(known): set(m) for known, m in schema["paths"].items()}
    known = {without_names(path): set(methods) for path, methods in ROUTES.items()}
    for method, path in CANNOT_WORK:
        known[path].remove(method)
    assert {path: described.get(path, set()) for path in known} == known


def test_the_document_is_served_as_json_and_yaml(client: Client, db: None) -> None:
    as_json = client.get("/api/schema/?format=json")
    assert as_json.json()["info"]["title"] == "Storefront API"
    assert client.get("/api/schema/").text.startswith("openapi: 3.1.0\n")
