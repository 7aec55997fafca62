"""A release breaks no client of the one before: contract/released.json is the document of that."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from storefront.schema.documents import document

from .differences import breaking

pytestmark = pytest.mark.once

RELEASED = Path(settings.BASE_DIR, "contract", "released.json")
Document = dict[str, Any]


@pytest.fixture(scope="module")
def present() -> Document:
    return json.loads(document("json").content)


def schemas(found: Document) -> Any:
    return found["components"]["schemas"]


def operation(found: Document, method: str = "post", path: str = "/store/orders/") -> Any:
    return found["paths"][path][method]


def test_nothing_breaks_who_knows_the_last_release(present: Document) -> None:
    found = breaking(json.loads(RELEASED.read_text()), present)
    assert found == [], (
        "Mend it; or say in CHANGELOG.md why clients must change, raise the major version, and run "
        "`make release-document`."
    )


def test_a_document_does_not_break_itself(present: Document) -> None:
    assert breaking(present, present) == []


BREAKS: dict[str, tuple[Callable[[Document], Any], str]] = {
    "an operation is gone": (
        lambda found: found["paths"]["/likes/{id}/"].pop("delete"),
        "DELETE /likes/{id}/: is gone",
    ),
    "a field is gone": (
        lambda found: schemas(found)["Order"]["properties"].pop("total"),
        "GET /store/orders/{id}/: 200 has no total any more",
    ),
    "a nested field is gone": (
        lambda found: schemas(found)["OrderItem"]["properties"].pop("tax"),
        "GET /store/orders/: 200[].items[] has no tax any more",
    ),
    "a field is not always sent": (
        lambda found: schemas(found)["Order"]["required"].remove("total"),
        "GET /store/orders/{id}/: 200.total is no longer always sent",
    ),
    "a field may be null": (
        lambda found: schemas(found)["Cart"]["properties"]["total"].update(type=["number", "null"]),
        "GET /store/carts/{id}/: 200.total was number and is null or number",
    ),
    "a type has changed": (
        lambda found: schemas(found)["Cart"]["properties"]["total"].update(type="string"),
        "GET /store/carts/{id}/: 200.total was number and is string",
    ),
    "a field is required": (
        lambda found: schemas(found)["CreateOrderRequest"]["required"].append("expected_total"),
        "POST /store/orders/: the request.expected_total is required",
    ),
    "a bound is narrower": (
        lambda found: schemas(found)["ReviewRequest"]["properties"]["name"].update(maxLength=5),
        "POST /store/products/{product_pk}/reviews/: the request.name has a narrower maxLength: 5",
    ),
    "an enumeration is narrower": (
        lambda found: schemas(found)["PaymentStatusEnum"].update(enum=["P", "C"]),
        "PATCH /store/orders/{id}/: the request.payment_status takes fewer values: ['C', 'P']",
    ),
    "a parameter is gone": (
        lambda found: operation(found)["parameters"].clear(),
        "POST /store/orders/: the parameter Idempotency-Key is gone",
    ),
    "a parameter is required": (
        lambda found: operation(found)["parameters"][0].update(required=True),
        "POST /store/orders/: the parameter Idempotency-Key is required",
    ),
    "a success is gone": (
        lambda found: operation(found)["responses"].pop("200"),
        "POST /store/orders/: no longer answers 200",
    ),
    "a refusal is gone": (
        lambda found: refusal(found, "cart_changed").update(const="cart_altered"),
        "POST /store/orders/: 409 no longer tells cart_changed",
    ),
    "a refusal tells less": (
        lambda found: schemas(found)["OutOfStock"]["properties"].pop("lines"),
        "POST /store/orders/: 409 insufficient_stock has no lines any more",
    ),
    "a form is no longer taken": (
        lambda found: operation(found)["requestBody"]["content"].pop("multipart/form-data"),
        "POST /store/orders/: the request is no longer multipart/form-data",
    ),
}


def refusal(found: Document, code: str) -> Any:
    codes = [each["properties"].get("code", {}) for each in with_properties(found)]
    return next(each for each in codes if each.get("const") == code)


def with_properties(found: Document) -> list[Any]:
    return [each for each in schemas(found).values() if "properties" in each]


@pytest.mark.parametrize("name", BREAKS)
def test_it_is_told_that(present: Document, name: str) -> None:
    change, words = BREAKS[name]
    changed = deepcopy(present)
    change(changed)
    assert words in breaking(present, changed)


ADDITIONS: dict[str, Callable[[Document], Any]] = {
    "an operation": lambda found: found["paths"].update({"/new/": operation(found)}),
    "a field": lambda found: schemas(found)["Order"]["properties"].update(new={"type": "string"}),
    "a field to send": lambda found: schemas(found)["ReviewRequest"]["properties"].update(
        new={"type": "string"}
    ),
    "a parameter": lambda found: operation(found)["parameters"].append(
        {"name": "new", "in": "query", "schema": {"type": "string"}}
    ),
    "a wider bound": lambda found: schemas(found)["ReviewRequest"]["properties"]["name"].update(
        maxLength=300
    ),
    "a whole number": lambda found: schemas(found)["Cart"]["properties"]["total"].update(
        type="integer"
    ),
}


@pytest.mark.parametrize("name", ADDITIONS)
def test_clients_may_be_given(present: Document, name: str) -> None:
    changed = deepcopy(present)
    ADDITIONS[name](changed)
    assert breaking(present, changed) == []
