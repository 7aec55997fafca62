"""Whatever a client sends to whichever endpoint, it is never an error of the server."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from rest_framework.response import Response
from rest_framework.test import APIClient

from .routes import READS, REQUESTS, ROUTES, WITH_IDS, WRITES

BAD_IDS = [
    *["abc", "-1", "0", "1.5", "1e3", "NaN", "null", "%00", "1%00", "%ff", "1%0A", "%F0%9F%9B%92"],
    *[str(2**31), str(2**63 - 1), str(2**63), str(2**64), str(10**30), "9" * 5000],
    *["%D9%A1", "00000000-0000-0000-0000-000000000000", "0" * 32, "{" + "0" * 32 + "}", "..%2F1"],
]
# As they stand in a JSON body.
BAD_VALUES = [
    *["null", "true", "0", "-1", "1.5", "1e400", "-1e400", "NaN", "Infinity", "1e99", "-0.0"],
    *[str(2**15), str(2**31), str(2**63), str(2**64), "1" + "0" * 30, "9" * 5000, "0." + "3" * 400],
    *["[]", "[1]", "[[]]", "[null]", "{}", '{"a": 1}', '""', '" "', r'"\u0000"', r'"a\u0000b"'],
    *['"🛒"', '"\u202eمرحبا"', r'"\ud800"', r'{"\ud800": 1}', r'"\ufffe\uffff"', '"a\\r\\nBcc: b"'],
    *['"NaN"', '"sNaN"', '"Infinity"', '"1e400"', '"1e-400"', '"1e999999999999"', '"٣"', '"1_0"'],
    *['"2026-02-30"', '"10000-01-01"', '"0000-00-00"', '"../../etc/passwd"', '"%00"', '"<b>"'],
    f'"{"x" * 1_000_000}"',
    f'"{"9" * 5000}"',
]
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
BAD_BODIES: list[tuple[str, bytes]] = [
    *[(JSON, body) for body in (b"", b"null", b"[]", b"[1]", b"1", b'"x"', b"{", b"NaN", b"{}{}")],
    *[
        (JSON, body)
        for body in (b"\xff\xfe", b'{"a": "\xff"}', b"\xef\xbb\xbf{}", b"\x00", b"{'a'}")
    ],
    *[(JSON, body) for body in (b"[" * 100_000, b'{"a":' * 100_000, b"[" * 9000 + b"]" * 9000)],
    *[(JSON, body) for body in (rb'{"\u0000": 1}', rb'{"\ud800": "x"}', b'{"__class__": {}}')],
    *[(f"{JSON}; charset={name}", b"{}") for name in ("nonsense", "utf-16", "idna", "\xff")],
    *[(FORM, body) for body in (b"", b"%00=%00", b"\xff=\xff", b"=&=&", b"a" * 100_000)],
    (FORM, b"&".join(b"a%d=1" % number for number in range(2000))),
    (f"{FORM}; charset=nonsense", b"a=1"),
    (f"{FORM}; charset=utf-16", b"a=1"),
    *[(MULTIPART, body) for body in (b"", b"--x", b"--x--", b"--x\r\n\r\n\r\n--x--\r\n", b"\x00")],
    (MULTIPART, b'--x\r\nContent-Disposition: form-data; name="a\x00"\r\n\r\n\xff\r\n--x--\r\n'),
    (MULTIPART, b'--x\r\nContent-Disposition: form-data; name="image"\r\n\r\nx\r\n--x--\r\n'),
    ("multipart/form-data", b"--x--"),
    ("multipart/form-data; boundary=\xe9", b"--x--"),
    *[(kind, b"{}") for kind in ("", "text/plain", "nonsense", "application/xml", "a/b/c;;=")],
]
BAD_TEXTS = ["", "\0", "NaN", "1e400", "-1", "9" * 5000, "🛒", "\u202eمرحبا", "x" * 100_000, "[]"]
PARAMETERS = [
    *["page", "page_size", "ordering", "search", "q", "format", "collection_id", "collection"],
    *[
        "unit_price__gt",
        "unit_price__lt",
        "price_min",
        "price_max",
        "in_stock",
        "tag",
        "rating_min",
    ],
]
REPORT_PARAMETERS = ["format", "by", "from", "to", "limit", "below"]
BAD_PARAMETERS = [
    *["", "%00", "a%00", "abc", "-1", "0", "1.5", "1e400", "NaN", "sNaN", "Infinity", "1e-400"],
    *["9" * 5000, str(2**63), "%F0%9F%9B%92", "%ED%A0%80", "%ff", "id", "-", "--id", ",", "?"],
    *["user__password", "%D9%A1", "1_0", "x" * 2000, "1&{0}=2", "1e999999999", "%25", "_", "\\"],
]
BAD_HEADERS = [
    *[
        ("HTTP_AUTHORIZATION", text)
        for text in ("JWT", "JWT a b", "JWT \0", "JWT é", "Bearer a.b.c")
    ],
    *[("HTTP_AUTHORIZATION", text) for text in ("JWT " + "x" * 20_000, "Basic x", "é")],
    *[("HTTP_ACCEPT", text) for text in ("", "nonsense", ";;,", "a/b", "*/*;q=x", "\0", "*/json")],
    *[
        ("HTTP_COOKIE", text)
        for text in ("sessionid=\0", "sessionid=é", "=;=", "csrftoken=" + "x" * 9)
    ],
    *[("HTTP_X_HTTP_METHOD_OVERRIDE", text) for text in ("DELETE", "PUT", "\0")],
]

BAD_KEYS = [
    *[
        "",
        " ",
        "\0",
        "é",
        "🛒",
        "\udcff",
        '"',
        '""',
        '"a',
        "a b",
        "a,b",
        '"a", "b"',
        "(a b)",
        "x" * 256,
    ],
    *["x" * 100_000, '"' + "\\" * 99_999, '"' + "a" * 99_999, '"\\"', '"\x7f"', '"a";b="c"'],
]

# Refused however good the body is: no mail of ours activates an account, a picture is no JSON,
# ann has an order, and only the gateway signs.
REFUSED = {
    ("post", "/auth/users/activation/"): 403,
    ("post", "/auth/users/resend_activation/"): 400,
    ("post", "/store/products/{product}/images/"): 415,
    ("post", "/store/payments/webhook/"): 400,
    ("delete", "/auth/users/me/"): 405,
    ("delete", "/auth/users/{user}/"): 405,
}
SUCCESS = {"post": [200, 201, 204], "put": [200], "patch": [200], "delete": [204]}

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(world: dict[str, Any]) -> APIClient:
    client = APIClient()
    client.force_authenticate(get_user_model().objects.get(pk=world["user"]))
    return client


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def check(response: Response) -> None:
    """The one promise: the client is told what is wrong, in JSON that every parser reads."""
    assert response.status_code < 500
    if response.content:
        json.loads(response.content, parse_constant=refuse_constant)


def filled(body: dict[str, Any], world: dict[str, Any]) -> dict[str, Any]:
    return {
        name: world[value[1:-1]] if isinstance(value, str) and value.startswith("{") else value
        for name, value in body.items()
    }


def send(client: APIClient, method: str, url: str, **request: Any) -> None:
    with rolled_back():
        check(client.generic(method.upper(), url, **request))


def test_every_endpoint_of_the_schema_is_in_the_matrix() -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    found = {
        (method, re.sub(r"\{\w+\}", "{}", path))
        for path, methods in schema["paths"].items()
        for method in methods
    }
    assert found == {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in REQUESTS}


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_every_body_of_the_matrix_is_accepted_while_it_is_whole(
    client: APIClient, world: dict[str, Any], method: str, path: str
) -> None:
    body = filled(ROUTES[path][method] or {}, world)
    response = getattr(client, method)(path.format(**world), body, format="json")
    refused = REFUSED.get((method, path))
    assert response.status_code in ([refused] if refused else SUCCESS[method])


@pytest.mark.parametrize(("method", "path"), REQUESTS)
def test_the_browsable_api_shows_the_refusals_too(
    client: APIClient, world: dict[str, Any], method: str, path: str
) -> None:
    body = filled(ROUTES[path][method] or {}, world)
    for text in ("\0", "9" * 5000):
        with rolled_back():
            form = dict.fromkeys(body, text)
            url = path.format(**world)
            response = getattr(client, method)(url, form, HTTP_ACCEPT="text/html")
            assert response.status_code < 500


@pytest.mark.parametrize(("method", "path"), WITH_IDS)
def test_ids_that_are_no_ids(
    client: APIClient, world: dict[str, Any], method: str, path: str
) -> None:
    body = json.dumps(filled(ROUTES[path][method] or {}, world))
    for name in re.findall(r"\{(\w+)\}", path):
        for bad_id in BAD_IDS:
            url = path.format(**{**world, name: bad_id})
            send(client, method, url, data=body, content_type=JSON)


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_values_that_no_field_expects(
    client: APIClient, world: dict[str, Any], method: str, path: str
) -> None:
    body = filled(ROUTES[path][method] or {}, world)
    for name in body:
        for value in BAD_VALUES:
            text = json.dumps({**body, name: "?!"}).replace('"?!"', value)
            send(client, method, path.format(**world), data=text.encode(), content_type=JSON)


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_forms_whose_fields_hold_nonsense(
    client: APIClient, world: dict[str, Any], method: str, path: str
) -> None:
    body = filled(ROUTES[path][method] or {}, world)
    for name in body:
        for text in BAD_TEXTS:
            with rolled_back():
                send_form: Callable[..., Response] = getattr(client, method)
                check(send_form(path.format(**world), {**body, name: text}, format="multipart"))


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_bodies_that_are_no_objects(
    client: APIClient, world: dict[str, Any], method: str, path: str
) -> None:
    for content_type, body in BAD_BODIES:
        send(client, method, path.format(**world), data=body, content_type=content_type)


@pytest.mark.parametrize("path", READS)
def test_query_parameters_that_mean_nothing(
    client: APIClient, world: dict[str, Any], path: str
) -> None:
    names = ["page", "format"]
    if path == "/store/products/":
        names = PARAMETERS
    elif path.startswith("/store/reports/"):
        names = REPORT_PARAMETERS
    for name in names:
        for value in BAD_PARAMETERS:
            query = f"{name}={value.format(name)}"
            send(client, "get", path.format(**world), QUERY_STRING=query)


@pytest.mark.parametrize("path", READS)
def test_headers_that_are_malformed(world: dict[str, Any], path: str) -> None:
    for name, text in BAD_HEADERS:
        send(APIClient(), "get", path.format(**world), **{name: text})


def test_keys_that_are_none(client: APIClient, world: dict[str, Any]) -> None:
    body = json.dumps(filled(ROUTES["/store/orders/"]["post"] or {}, world))
    for key in BAD_KEYS:
        with rolled_back():
            response = client.post(
                "/store/orders/", body, content_type=JSON, HTTP_IDEMPOTENCY_KEY=key
            )
            assert (key[:9], response.status_code) == (key[:9], 400)


def test_addresses_that_are_none(client: APIClient, world: dict[str, Any]) -> None:
    for value in BAD_VALUES:
        for address in (value, f'{{"street": {value}, "city": "X"}}', f'{{"city": {value}}}'):
            body = f'{{"cart_id": "{world["cart"]}", "shipping_address": {address}}}'
            send(client, "post", "/store/orders/", data=body.encode(), content_type=JSON)


@pytest.mark.parametrize(
    "path", ["/store/%00/", "/auth/%ff/", "/tags/%F0%9F%9B%92/", "/likes/a/b/"]
)
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_paths_that_no_route_knows_are_404(client: APIClient, path: str, method: str) -> None:
    response = client.generic(method.upper(), path, "{}", content_type=JSON)
    assert response.status_code == 404
    assert response.json() == {"detail": "Not found."}
