"""What Sentry is told of an error, by the settings of production, over HTTP."""

import gzip
import json
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from socket import create_server
from subprocess import run
from threading import Thread
from typing import Any

import brotli
import pytest
from django.conf import settings

from storefront.logs.sentry import clean
from storefront.tests.conftest import PRODUCTION

from .test_redaction import JWT, UUID

pytestmark = pytest.mark.once

SECRETS = ["s3cret", "ann@example.com", "203.0.113.7", JWT, UUID]
DECODERS = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}
# Fails with a secret in everything that a report could carry.
FAIL = f"""
import json, logging, os, sys
from time import monotonic
from storefront.wsgi import application
from django.test import RequestFactory
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from storefront import urls

@csrf_exempt
def fail(request, text):
    password = request.POST["password"]
    logging.getLogger("store").info("%s signs in", "ann@example.com", extra={{"form": request.POST}})
    logging.getLogger("store").warning("token=s3cret of {UUID}")
    raise ValueError(f"No user for {JWT}, password={{password}}")

urls.urlpatterns.insert(0, path("fail/<text>/", fail))
factory = RequestFactory(headers={{"host": "shop.example.com", "authorization": "JWT {JWT}"}})
factory.cookies["sessionid"] = "s3cret"
statuses, ids = [], []
reports = int(sys.argv[1])

def start_response(status, headers):
    statuses.append(status)
    ids.append(dict(headers)["X-Request-ID"])

started = monotonic()
if reports:
    import sentry_sdk
for _ in range(reports):
    sentry_sdk.capture_message("One of many.")
body = {{"password": "s3cret", "email": "ann@example.com"}}
url = "/fail/{UUID}/?token=s3cret&email=ann@example.com"
application(factory.post(url, body, REMOTE_ADDR="203.0.113.7").environ, start_response).close()
told = {{"statuses": statuses, "ids": ids, "seconds": monotonic() - started}}
print(json.dumps({{**told, "loaded": "sentry_sdk" in sys.modules}}), flush=True)
if reports:
    # Its end would wait two seconds for the response.
    os._exit(0)
"""


@pytest.fixture
def fail(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Let a process in production fail at a request, after so many other reports; tell how that went."""

    def fail(reports: int = 0, **variables: str) -> dict[str, Any]:
        result = run(
            [sys.executable, "-c", FAIL, str(reports)],
            cwd=settings.BASE_DIR,
            env={
                **PRODUCTION,
                "DJANGO_SETTINGS_MODULE": "storefront.settings.prod",
                "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
                "HTTPS_ONLY": "false",
                **variables,
            },
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    return fail


@pytest.fixture
def sentry() -> Iterator[tuple[str, "Queue[tuple[str, bytes]]"]]:
    """A server that takes reports; return its DSN and what it was sent."""
    received: Queue[tuple[str, bytes]] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.put((self.path, DECODERS[self.headers["Content-Encoding"]](body)))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://0123456789abcdef0123456789abcdef@127.0.0.1:{server.server_port}/1", received
        server.shutdown()


def test_an_error_arrives_with_its_id_and_without_secrets(fail: Callable, sentry: Any) -> None:
    dsn, received = sentry
    told = fail(SENTRY_DSN=dsn)
    assert told["statuses"] == ["500 Internal Server Error"]
    path, body = received.get(timeout=10)
    assert path == "/api/1/envelope/"
    assert [secret for secret in SECRETS if secret in body.decode()] == []
    event = json.loads(body.splitlines()[2])
    assert event["tags"]["request_id"] == told["ids"][0]
    (error,) = event["exception"]["values"]
    assert error["type"] == "ValueError"
    assert error["value"] == "No user for [secret], password=[secret]"
    assert "vars" not in json.dumps(error)
    assert event["request"] == {
        "method": "POST",
        "url": "http://shop.example.com/fail/[secret]/",
    }
    assert len(event["event_id"]) == 32
    # Neither traces nor sessions nor a second report of the same.
    assert received.empty()


def test_nothing_is_loaded_without_a_dsn(fail: Callable) -> None:
    told = fail()
    assert (told["statuses"], told["loaded"]) == (["500 Internal Server Error"], False)


def test_a_silent_sentry_delays_nobody(fail: Callable) -> None:
    with create_server(("127.0.0.1", 0)) as silent:
        dsn = f"http://key@127.0.0.1:{silent.getsockname()[1]}/1"
        # More than its queue holds.
        told = fail(110, SENTRY_DSN=dsn)
    assert told["statuses"] == ["500 Internal Server Error"]
    # One wait for its response would last 30 seconds.
    assert told["seconds"] < 25


def test_traces_are_clean_too(fail: Callable, sentry: Any) -> None:
    dsn, received = sentry
    fail(SENTRY_DSN=dsn, SENTRY_TRACES_SAMPLE_RATE="1")
    bodies = [received.get(timeout=10)[1].decode() for _ in range(2)]
    assert any('"type":"transaction"' in body for body in bodies)
    assert [secret for secret in SECRETS for body in bodies if secret in body] == []


def test_what_has_no_request_is_reported_as_well() -> None:
    event = clean({"event_id": UUID, "message": "by ann@example.com", "user": {"id": 5}}, {})
    assert event == {
        "event_id": UUID,
        "message": "by [address]",
        "tags": {"request_id": "-"},
    }
