"""What is masked in a text, and what is left alone."""

from time import perf_counter
from typing import Any

import pytest

from storefront.logs.redaction import redact, scrub, without_literals

pytestmark = pytest.mark.once

UUID = "6f1c2f0e-9f5e-4a53-a6d9-96b1f2fb8a77"
HEX = UUID.replace("-", "")
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjoiMSJ9.c2lnbmF0dXJl"
# A line and what becomes of it; None is for one that only must lose its secrets.
LINES = [
    ("To ann.lee+shop@mail.example.com now", "To [address] now"),
    ("?to=ann%40example.com&page=2", "?to=[address]&page=2"),
    ("{'ann@example.com': (550, b'No such user')}", "{'[address]': (550, b'No such user')}"),
    ("by ann@localhost", "by [address]"),
    ('by "ann lee"@example.com', "by [address]"),
    ("from ('203.0.113.7', 51234)", "from ('[address]', 51234)"),
    ("from 2001:db8::17 again", "from [address] again"),
    (f"Token {JWT} is old", "Token [secret] is old"),
    (f"got {JWT[:-5]}", "got [secret]"),
    ("Bearer 0123456789abcdef", "Bearer [secret]"),
    ("Authorization: Basic QWxhZGRpbjpvcGVu", "Authorization: [secret]"),
    ("{'Authorization': 'JWT abc.def', 'Accept': '*/*'}", None),
    ("Cookie: theme=dark; sessionid=abc", "Cookie: [secret]"),
    (f"Not Found: /store/carts/{UUID}/items/", "Not Found: /store/carts/[secret]/items/"),
    (f"KeyError: UUID('{UUID.upper()}')", "KeyError: UUID('[secret]')"),
    (f"/store/carts/{HEX}/", "/store/carts/[secret]/"),
    ("pbkdf2_sha256$1000000$salt$hash= is weak", "[secret] is weak"),
    ("argon2$argon2id$v=19$m=102400,t=2", "[secret],t=2"),
    ("No route to amqp://shop:pw@mq:5672//", "No route to amqp://[secret]@mq:5672//"),
    ("at redis://:p@ss/w0rd@cache/1", "at redis://[secret]@cache/1"),
    ("host=db password=pw user=shop", "host=db password=[secret] user=shop"),
    ('{"password": "a \\"b", "page": 1}', '{"password": [secret], "page": 1}'),
    ("<QueryDict: {'password': ['pw', 'x'], 'a': ['1']}>", None),
    ("Form(new_password='pw', api_key=None)", "Form(new_password=[secret], api_key=[secret])"),
    ("{'otp': 'abc', 'recovery_codes': ['abc-abc', 'pw']}", None),
    (r'body: "{\"refresh\": \"abc\", \"a\": 1}"', None),
    ("/password/reset/confirm/MQ/abc-123/", "/password/reset/confirm/[secret]/"),
    ("?uid=MQ&token=c5-abc", "?uid=[secret]&token=[secret]"),
    ("?token%3Dabc", "?token%3D[secret]"),
    ("sessionid=abc; csrftoken=def", "sessionid=[secret]; csrftoken=[secret]"),
    ("session r8xqg0yol13p6z7wq4dd1v9hq0s2mma1 ended", "session [secret] ended"),
    # One form's key in some hundreds has no digit.
    ("csrf UlxIjbrbDgFamzfenjIyLEpatjocYvmB", "csrf [secret]"),
    (
        "DETAIL:  Key (email)=(ann@example.com) already exists.",
        "DETAIL:  Key (email)=[secret] already exists.",
    ),
    (
        "DETAIL:  Failing row contains (1, Ann, 5 Main St).",
        "DETAIL:  Failing row contains [secret]",
    ),
    ("\"Duplicate entry 'ann' for key 'username'\"", None),
]
SECRETS = ("ann", "abc", "pw", HEX[:12], UUID[:13], "QWx", "203.0", "db8", "eyJ", "hash")


def test_secrets_and_addresses_are_masked(subtests: pytest.Subtests) -> None:
    for text, redacted in LINES:
        with subtests.test(text=text, redacted=redacted):
            if redacted is not None:
                assert redact(text) == redacted
            for secret in SECRETS:
                assert secret not in redact(text)


def test_ordinary_lines_stay_as_they_are(subtests: pytest.Subtests) -> None:
    for text in [
        "Order 5 was placed by customer 3",
        "Not Found: /store/products/17/reviews/",
        "Unauthorized: /auth/jwt/create/",
        "Bad Request: /auth/users/reset_password/",
        "Forbidden (CSRF token missing.): /admin/login/",
        "Token is invalid or expired",
        "Basic authentication is not supported",
        "GET /static/core/home.5f3a9c1b2d4e.css 200 5123 12 ms",
        f"Task outbox.tasks.send_mail[{UUID}] succeeded in 0.0123s: None",
        "celery@web1 ready.",
        "Listening at: http://0.0.0.0:8000 (1)",
        "Error 111 connecting to 127.0.0.1:6379. Connection refused.",
        "Can't connect to server on '10.0.0.5' (115)",
        "Mail 12 goes out in 5 minutes: SMTPServerDisconnected",
        "Starting gunicorn 27.0.1 at 12:34:56 with Django 5.2.19",
        "At 2026-11-23T13:38:31.684Z: 3 carts purged",
        '  File "store/services/orders.py", line 57, in place_order',
        '(0.001) SELECT "core_user"."password" FROM "core_user"; args=...; alias=default',
        "Address already in use",
    ]:
        with subtests.test(text=text):
            assert redact(text) == text


def test_a_statement_loses_its_texts(subtests: pytest.Subtests) -> None:
    for statement, without in [
        ("WHERE a = 'O''Hara' AND b = 5", "WHERE a = '...''...' AND b = 5"),
        (r"WHERE a = 'x\' AND b = ' y", "WHERE a = '...' y"),
        (r"VALUES ('x\'', 'pw')", "VALUES ('...')"),
        ("SELECT 1", "SELECT 1"),
    ]:
        with subtests.test(statement=statement, without=without):
            assert without_literals(statement) == without


def test_a_structure_is_scrubbed_by_its_keys_and_its_texts() -> None:
    event: dict[str, Any] = {
        "id": HEX,
        "extra": {"password": "pw", "by": ["ann@example.com", 5, None], "deep": ({"token": 1},)},
    }
    assert scrub(event, keep=lambda key: key == "id") == {
        "id": HEX,
        "extra": {
            "password": "[secret]",
            "by": ["[address]", 5, None],
            "deep": [{"token": "[secret]"}],
        },
    }


def test_no_text_holds_it_up(subtests: pytest.Subtests) -> None:
    """A line that somebody makes long costs in proportion, not by its square."""
    for part in [
        "a",
        "a.",
        "@",
        "a@",
        "pass",
        "token ",
        "://",
        "password=[",
        "password='",
        "key (",
        '"a@',
        "eyJa.",
    ] + ["key (a)=(", "duplicate entry '", "confirm/a", "2001:", "1.", "bearer ", "\\'", "uid-"]:
        with subtests.test(part=part):
            text = part * (20_000 // len(part))
            started = perf_counter()
            redact(text)
            assert perf_counter() - started < 1
