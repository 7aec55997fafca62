"""Whatever is added to the API is in its document, whole, or a test tells what was forgotten."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from jsonschema import Draft202012Validator

from core.exceptions import AccountBeyondRights
from store.exceptions import (
    ImportConflict,
    NoRecipients,
    NotDeletable,
    NotInvoiceable,
    ProductsChanged,
    SellerUnknown,
    StoreError,
    TooMany,
)
from storefront.errors.exceptions import Refusal
from storefront.schema.documents import document
from storefront.schema.hooks import objects_in, operations_of
from storefront.schema.refusals import kind_of

pytestmark = pytest.mark.once

Document = dict[str, Any]
# Bases of others, and what the admin alone refuses with.
ELSEWHERE = {
    *(Refusal, StoreError, TooMany, NotDeletable, NoRecipients, AccountBeyondRights),
    *(ProductsChanged, SellerUnknown, NotInvoiceable, ImportConflict),
}
# What is not in every body of its kind.
LEFT_OUT = {"pending_email", "refresh", "is_published", "low_stock_threshold", "count_is_capped"}


@pytest.fixture(scope="module")
def found() -> Document:
    return json.loads(document("json").content)


def resolved(found: Document, part: Any) -> Any:
    while "$ref" in part:
        *_, kind, name = part["$ref"].split("/")
        part = found["components"][kind][name]
    return part


def bodies(found: Document) -> Iterator[tuple[str, str, Any]]:
    """Yield the operation and the status of each body, None for that of a request."""
    for _, _, operation in operations_of(found):
        parts = {"request": operation.get("requestBody", {}), **operation["responses"]}
        for name, part in parts.items():
            for body in resolved(found, part).get("content", {}).values():
                yield operation["operationId"], name, body


def test_every_operation_has_words(found: Document) -> None:
    silent = [
        operation["operationId"]
        for _, _, operation in operations_of(found)
        if not (operation.get("summary") and operation.get("description"))
    ]
    assert silent == []


def test_every_body_has_an_example(found: Document) -> None:
    without = [(name, status) for name, status, body in bodies(found) if not body.get("examples")]
    assert without == []


def test_every_example_is_one(found: Document, subtests: pytest.Subtests) -> None:
    seen = set()
    for name, status, body in bodies(found):
        for example in body["examples"].values():
            key = json.dumps([body["schema"], example])
            if key in seen:
                continue
            seen.add(key)
            schema = {**body["schema"], "components": found["components"]}
            value = resolved(found, example)["value"]
            with subtests.test(operation=name, status=status):
                assert list(Draft202012Validator(schema).iter_errors(value)) == []
    assert len(seen) > 200


def test_every_refusal_of_an_app_is_told(found: Document) -> None:
    """An exception is named where its operation is described: `refused_with(...)` in a module `schema`."""
    codes = set()
    for each in objects_in(found["components"]["schemas"]):
        code = each.get("code", {})
        codes |= {code["const"]} if "const" in code else set(code.get("enum", []))
    missing = {each.__name__ for each in refusals() if not codes >= set(kind_of(each).codes)}
    assert missing == set()


def refusals() -> set[type[Exception]]:
    """Return the exceptions of our apps that become responses."""
    own = {app.name for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR}
    return {
        each
        for each in descendants(Exception)
        if each.__module__.partition(".")[0] in own
        and ".tests" not in each.__module__
        and hasattr(each, "status_code")
        and each not in ELSEWHERE
    }


def descendants(base: type) -> Iterator[type[Any]]:
    for each in base.__subclasses__():
        yield each
        yield from descendants(each)


def test_codes_are_the_shop_s_own_and_each_of_one_kind(found: Document) -> None:
    names = [code for each in refusals() for code in kind_of(each).codes]
    assert len(names) == len(set(names))
    assert len(names) > 30


def test_what_is_always_sent_is_required(found: Document) -> None:
    """All but what is named above; a serializer that leaves a field out marks it `x-left-out`."""
    optional = set()
    for _, status, body in bodies(found):
        schema = resolved(found, body["schema"])
        schema = resolved(found, schema.get("items", schema))
        if status in ("200", "201") and "properties" in schema:
            optional |= schema["properties"].keys() - set(schema["required"])
    assert optional <= LEFT_OUT


def test_lists_and_pages_have_a_length(found: Document) -> None:
    lists = {
        operation["operationId"]: resolved(
            found, operation["responses"]["200"]["content"]["application/json"]["schema"]
        )
        for path, _, operation in operations_of(found)
        if operation["operationId"].endswith("_list") and "/reports/" not in path
    }
    products = lists.pop("store_products_list")
    assert products["properties"]["results"]["maxItems"] == 100
    assert {each["maxItems"] for each in lists.values()} == {100}


def test_what_is_bounded_says_so(found: Document) -> None:
    parameters = found["paths"]["/store/products/"]["get"]["parameters"]
    schemas = {each["name"]: each["schema"] for each in parameters}
    assert schemas["page_size"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}
    assert schemas["page"]["minimum"] == 1
    assert (schemas["rating_min"]["minimum"], schemas["rating_min"]["maximum"]) == (1, 5)
    assert schemas["search"]["maxLength"] == schemas["q"]["maxLength"] == 255
    assert set(schemas["ordering"]["enum"]) >= {"title", "-title", "unit_price", "-last_update"}
    assert found["components"]["schemas"]["ContentTypeEnum"]["enum"] == ["store.product"]


def test_headers_are_declared_where_they_are_sent(found: Document) -> None:
    for _, method, operation in operations_of(found):
        responses = {
            status: resolved(found, response).get("headers", {})
            for status, response in operation["responses"].items()
        }
        for status, header in (("201", "Location"), ("429", "Retry-After"), ("503", "Retry-After")):
            assert header in responses.get(status, {header: None}), operation["operationId"]
        assert method != "get" or "ETag" in responses["200"]


def test_links_lead_from_what_was_made(found: Document) -> None:
    links = found["paths"]["/store/carts/"]["post"]["responses"]["201"]["links"]
    assert links["store_carts_items_create"]["parameters"] == {"cart_pk": "$response.body#/id"}
    assert links["store_orders_create"]["requestBody"] == {"cart_id": "$response.body#/id"}
    operations = {operation["operationId"] for _, _, operation in operations_of(found)}
    assert links.keys() <= operations


def test_a_refusal_brings_what_it_tells(found: Document) -> None:
    schemas = found["components"]["schemas"]
    changed, short = schemas["CartChanged"], schemas["OutOfStock"]
    assert changed["properties"]["total"]["type"] == "number"
    assert short["properties"]["lines"]["items"]["required"] == [
        *("available", "product_id", "requested")
    ]
    nested = schemas["CreateOrderErrors"]["properties"]["shipping_address"]
    assert "street" in nested["anyOf"][1]["properties"]


def test_it_says_where_the_api_is(found: Document) -> None:
    assert [each["url"] for each in found["servers"]] == ["/"]
