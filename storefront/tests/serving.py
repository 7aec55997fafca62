"""The shop under its production settings: gunicorn in processes of its own, and a visitor."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

from django.conf import settings

from .conftest import PRODUCTION, run

SECONDS = 60
OPTIONS = ["--workers", "2", "--no-control-socket"]


def production(folder: Path) -> dict[str, str]:
    """Return the environment of a shop that keeps everything in this folder."""
    return {
        **PRODUCTION,
        "DJANGO_SETTINGS_MODULE": "storefront.settings.prod",
        "ALLOWED_HOSTS": "127.0.0.1",
        "HTTPS_ONLY": "false",
        "TRUSTED_HTTPS_HEADER": "X-Forwarded-Proto",
        # A crowd of one address.
        "RATE_LIMITS": "false",
        "DATABASE_URL": f"sqlite:///{folder / 'shop.sqlite3'}",
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(folder / "static"),
    }


def manage(*arguments: str, **variables: str) -> str:
    """Run a command of manage.py and return what it printed."""
    result = run("manage.py", *arguments, folder=settings.BASE_DIR, **variables)
    assert result.returncode == 0, result.stderr
    return result.stdout


@contextmanager
def serving(
    log: Path, *options: str, application: str = "storefront.wsgi", **variables: str
) -> Iterator[str]:
    """Serve the shop with gunicorn and yield its address; the log gets what it prints."""
    with socket.create_server(("127.0.0.1", 0)) as listener, log.open("wb") as output:
        # Listening already: a request that comes before the workers waits for them.
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        bind = f"fd://{listener.fileno()}"
        command = [sys.executable, "-m", "gunicorn", application, *OPTIONS, *options]
        server = subprocess.Popen(
            [*command, "--bind", bind],
            cwd=settings.BASE_DIR,
            env=variables,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=[listener.fileno()],
        )
        try:
            yield address
        finally:
            os.kill(server.pid, signal.SIGTERM)
            server.wait(SECONDS)


class Response:
    """A response that was read to its end."""

    def __init__(self, response: HTTPResponse | HTTPError) -> None:
        self.status = response.status
        self.headers = response.headers
        self.content = response.read()


class Visitor:
    """A client with a cookie jar and perhaps a token, which knows its way from path to address."""

    token = ""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))

    def ask(
        self, path: str, method: str = "GET", content: bytes | None = None, **headers: str
    ) -> Response:
        """Send a request; an underscore in a header's name stands for a hyphen."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            fields["Authorization"] = f"JWT {self.token}"
        request = Request(urljoin(self.address, path), content, fields, method=method)
        try:
            with self.opener.open(request, timeout=SECONDS) as response:
                return Response(response)
        except HTTPError as refusal:
            with refusal:
                return Response(refusal)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Post JSON and return the body of the response, which must be a success."""
        content = json.dumps(body).encode()
        response = self.ask(path, "POST", content, Content_Type="application/json")
        assert response.status in (200, 201), response.content
        return json.loads(response.content)
