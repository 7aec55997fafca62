"""Whatever a client sends to whichever endpoint, it is never an error of the server.

Each walk sends all the nonsense where a thing is read first, and some of it wherever else the same is read.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from rest_framework.response import Response
from rest_framework.test import APIClient

from . import nonsense
from .nonsense import JSON
from .routes import CANNOT_WORK, READS, REQUESTS, ROUTES, WITH_IDS, WRITES

# Query parameters by the endpoint that reads them; each list reads pages and formats.
PARAMETERS = {
    "/store/products/": [
        *["page", "page_size", "ordering", "search", "q", "format", "collection_id", "collection"],
        *["unit_price__gt", "unit_price__lt", "price_min", "price_max", "in_stock", "tag"],
        "rating_min",
    ],
    "/store/reports/sales/": ["format", "by", "from", "to"],
    "/store/reports/low_stock/": ["limit", "below"],
}
# Of the filter class of another one.
ALIKE = {"unit_price__lt", "price_min", "price_max", "collection"}
# Views that read a body, a header or a rendering in a way of their own.
WRITERS = [
    ("post", "/auth/users/"),
    ("post", "/auth/jwt/create/"),
    ("post", "/store/products/"),
    ("post", "/store/products/{product}/images/"),
    ("post", "/store/orders/"),
    ("post", "/store/payments/webhook/"),
]
READERS = ["/auth/users/me/", "/store/products/", "/store/orders/", "/store/reports/sales/"]

# Refused however good the body is: no mail of ours activates an account, a picture is no JSON, and only
# the gateway signs.
REFUSED = {
    ("post", "/auth/users/resend_activation/"): 400,
    # A code is right for half a minute.
    ("delete", "/auth/users/me/second_factor/"): 400,
    ("post", "/auth/users/me/second_factor/confirm/"): 400,
    ("post", "/store/products/{product}/images/"): 415,
    ("post", "/store/payments/webhook/"): 400,
}
SUCCESS = {"post": [200, 201, 204], "put": [200], "patch": [200], "delete": [204]}

pytestmark = pytest.mark.django_db


def is_refusal(response: Response) -> bool:
    """The one promise: the client is told what is wrong, in JSON that every parser reads."""
    if response.headers.get("Content-Type") == "application/pdf":
        # What was asked for: a file, of which the nonsense was no part.
        return response.status_code == 200
    try:
        json.loads(response.content or b"{}", parse_constant=refuse_constant)
    except ValueError:
        return False
    return response.status_code < 500


def refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Walk:
    """Sends requests that leave nothing behind, and notes those that were no refusals."""

    def __init__(self, world: dict[str, Any]) -> None:
        self.world = world
        self.client = APIClient(raise_request_exception=False)
        self.sign_in()
        self.wrong: list[tuple[str, ...]] = []
        self.places = set[Any]()

    def sign_in(self) -> None:
        self.client.force_authenticate(get_user_model().objects.get(pk=self.world["user"]))

    def is_first(self, *place: Any) -> bool:
        """Tell whether it is the first time that this is read."""
        known = len(self.places)
        self.places.add(repr(place))
        return len(self.places) > known

    def body(self, method: str, path: str) -> dict[str, Any]:
        return {
            name: self.world[value[1:-1]]
            if isinstance(value, str) and value.startswith("{")
            else value
            for name, value in (ROUTES[path][method] or {}).items()
        }

    def send(self, method: str, path: str, tried: object, **request: Any) -> None:
        with rolled_back():
            url = path.format(**self.world)
            self.note(self.client.generic(method.upper(), url, **request), method, path, tried)

    def note(self, response: Response, *what: object, is_page: bool = False) -> None:
        if not (response.status_code < 500 if is_page else is_refusal(response)):
            self.wrong.append((str(response.status_code), *(str(one)[:60] for one in what)))


@pytest.fixture
def walk(world: dict[str, Any]) -> Walk:
    return Walk(world)


def test_every_endpoint_of_the_schema_is_in_the_matrix() -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    found = {
        (method, re.sub(r"\{\w+\}", "{}", path))
        for path, methods in schema["paths"].items()
        for method in methods
    }
    known = {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in REQUESTS}
    assert found == known - CANNOT_WORK


def test_every_body_of_the_matrix_is_accepted_while_it_is_whole(walk: Walk) -> None:
    wrong = {}
    for method, path in WRITES:
        with rolled_back():
            # A new password would stay with the user, not with the row.
            walk.sign_in()
            body, url = walk.body(method, path), path.format(**walk.world)
            status = getattr(walk.client, method)(url, body, format="json").status_code
        refused = REFUSED.get((method, path))
        if status not in ([refused] if refused else SUCCESS[method]):
            wrong[method, path] = status
    assert wrong == {}


def test_the_browsable_api_shows_the_refusals_too(walk: Walk) -> None:
    for method, path in REQUESTS:
        body = walk.body(method, path)
        is_new = sum(walk.is_first(field) for field in body.items()) > 0
        for text in nonsense.SOME_TEXTS if is_new else ["\0"]:
            with rolled_back():
                send, url = getattr(walk.client, method), path.format(**walk.world)
                response = send(url, dict.fromkeys(body, text), HTTP_ACCEPT="text/html")
                walk.note(response, method, path, text, is_page=True)
    assert walk.wrong == []


def test_ids_that_are_no_ids(walk: Walk) -> None:
    for method, path in WITH_IDS:
        body = json.dumps(walk.body(method, path))
        for name in re.findall(r"\{(\w+)\}", path):
            is_new = walk.is_first(path, name)
            for bad_id in nonsense.IDS if is_new else nonsense.SOME_IDS:
                address = path.replace(f"{{{name}}}", bad_id.replace("{", "{{").replace("}", "}}"))
                walk.send(method, address, bad_id, data=body, content_type=JSON)
    assert walk.wrong == []


def test_values_that_no_field_expects(walk: Walk) -> None:
    for method, path in WRITES:
        body = walk.body(method, path)
        for name, usual in body.items():
            is_new = walk.is_first(name, usual)
            for value in nonsense.VALUES if is_new else nonsense.SOME_VALUES:
                text = json.dumps({**body, name: "?!"}).replace('"?!"', value)
                tried = f"{name}: {value[:20]}"
                walk.send(method, path, tried, data=text.encode(), content_type=JSON)
    assert walk.wrong == []


def test_forms_whose_fields_hold_nonsense(walk: Walk) -> None:
    for method, path in WRITES:
        body = walk.body(method, path)
        for name, usual in body.items():
            is_new = walk.is_first(name, usual)
            for text in nonsense.TEXTS if is_new else nonsense.SOME_TEXTS:
                with rolled_back():
                    send, form = getattr(walk.client, method), {**body, name: text}
                    response = send(path.format(**walk.world), form, format="multipart")
                    walk.note(response, method, path, name, text)
    assert walk.wrong == []


def test_bodies_that_are_no_objects(walk: Walk) -> None:
    for method, path in WRITES:
        is_writer = (method, path) in WRITERS
        for content_type, body in nonsense.BODIES if is_writer else nonsense.SOME_BODIES:
            walk.send(method, path, body, data=body, content_type=content_type)
    assert walk.wrong == []


def test_query_parameters_that_mean_nothing(walk: Walk) -> None:
    for path in READS:
        for name in PARAMETERS.get(path, ["page", "format"]):
            is_new = path in PARAMETERS and name not in ALIKE
            for value in nonsense.PARAMETERS if is_new else nonsense.SOME_PARAMETERS:
                query = f"{name}={value.format(name)}"
                walk.send("get", path, query, QUERY_STRING=query)
    assert walk.wrong == []


def test_headers_that_are_malformed(walk: Walk) -> None:
    walk.client.force_authenticate()
    for path in READS:
        for name, text in nonsense.HEADERS if path in READERS else nonsense.SOME_HEADERS:
            walk.send("get", path, text, **{name: text})
    assert walk.wrong == []


def test_keys_that_are_none(walk: Walk) -> None:
    body, taken = walk.body("post", "/store/orders/"), []
    for key in nonsense.KEYS:
        with rolled_back():
            headers = {"HTTP_IDEMPOTENCY_KEY": key}
            response = walk.client.post("/store/orders/", body, format="json", **headers)
            if response.status_code != 400:
                taken.append((key[:9], response.status_code))
    assert taken == []


def test_addresses_that_are_none(walk: Walk) -> None:
    for value in nonsense.VALUES:
        for address in (value, f'{{"street": {value}, "city": "X"}}', f'{{"city": {value}}}'):
            body = f'{{"cart_id": "{walk.world["cart"]}", "shipping_address": {address}}}'
            walk.send("post", "/store/orders/", address, data=body.encode(), content_type=JSON)
    assert walk.wrong == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_paths_that_no_route_knows_are_404(walk: Walk, method: str) -> None:
    paths = ["/store/%00/", "/auth/%ff/", "/tags/%F0%9F%9B%92/", "/likes/a/b/"]
    responses = [walk.client.generic(method, path, "{}", content_type=JSON) for path in paths]
    assert [response.status_code for response in responses] == [404] * len(paths)
    assert [response.json() for response in responses] == [{"detail": "Not found."}] * len(paths)
