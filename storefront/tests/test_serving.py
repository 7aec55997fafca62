"""gunicorn as production runs it: nothing is lost where it stops, starts and reloads."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from .crowd import asking
from .processes import SECONDS, Process
from .serving import production

pytestmark = [pytest.mark.faults, pytest.mark.once, pytest.mark.django_db]

# As systemd hands over the socket of a .socket unit: as descriptor 3, to the process it names.
ACTIVATED = """
exec 3<&"$1"
export LISTEN_FDS=1 LISTEN_PID=$$
exec "$2" -m gunicorn storefront.wsgi
"""


def gunicorn(listener: socket.socket, variables: dict[str, str]) -> Process:
    """Start gunicorn on a socket that outlives it."""
    descriptor = listener.fileno()
    command = ["bash", "-c", ACTIVATED, "bash", str(descriptor), sys.executable]
    return Process(*command, variables=variables, pass_fds=[descriptor])


Serve = Callable[..., Process]


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory, migrated_database: Path) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("shop")
    shutil.copy(migrated_database, folder / "shop.sqlite3")
    return {**production(folder), "PATH": os.environ["PATH"]}


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        yield listener


@pytest.fixture
def serve(listener: socket.socket, variables: dict[str, str]) -> Iterator[Serve]:
    started: list[Process] = []

    def serve(**changed: str) -> Process:
        started.append(gunicorn(listener, variables | changed))
        return started[-1]

    yield serve
    for server in started:
        server.kill()


@pytest.fixture
def rounds(pytestconfig: pytest.Config) -> int:
    return 5 if pytestconfig.getoption("--faults") == "full" else 1


def carts_in(variables: dict[str, str]) -> int:
    path = variables["DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT count(*) FROM store_cart").fetchone()[0]


def restarted(server: Process, serve: Serve) -> Process:
    assert server.stop() == 0
    return serve()


def reloaded(server: Process, serve: Serve) -> Process:
    server.signal(signal.SIGHUP)
    for _ in range(2):
        server.wait_for("Worker exiting")
    return server


def test_new_processes_on_a_kept_socket_lose_no_request(
    listener: socket.socket,
    serve: Serve,
    variables: dict[str, str],
    rounds: int,
    report_figures: Callable[[str], None],
) -> None:
    before = carts_in(variables)
    server = serve()
    with asking(listener.getsockname(), clients=8) as crowd:
        for started_again in [restarted, reloaded] * rounds:
            crowd.wait_for(30)
            server = started_again(server, serve)
        crowd.wait_for(30)
    assert server.stop() == 0
    report_figures(f"restarted and reloaded {rounds} times under load: {crowd.summary()}")
    assert crowd.lost == []
    # Each was done, and done once.
    assert carts_in(variables) - before == crowd.carts > 0


def test_a_request_under_way_is_answered_before_the_stop(
    listener: socket.socket, serve: Serve
) -> None:
    server = serve(WEB_CONCURRENCY="1")
    connection = HTTPConnection(*listener.getsockname(), timeout=SECONDS)
    connection.putrequest("POST", "/store/carts/")
    for name, value in {"Content-Type": "application/json", "Content-Length": "2"}.items():
        connection.putheader(name, value)
    connection.putheader("Expect", "100-continue")
    connection.endheaders()
    # A worker has begun to read.
    assert connection.sock.recv(100).startswith(b"HTTP/1.1 100 ")
    server.signal(signal.SIGTERM)
    server.wait_for("Handling signal: term")
    connection.send(b"{}")
    response = connection.getresponse()
    assert response.status == 201
    assert json.loads(response.read())["items"] == []
    connection.close()
    assert server.process.wait(SECONDS) == 0


def test_the_access_line_names_the_request_and_not_the_client(
    listener: socket.socket, serve: Serve
) -> None:
    server = serve(WEB_CONCURRENCY="1", HTTPS_ONLY="true", TRUSTED_HTTPS_HEADER="X-Scheme")
    with closing(HTTPConnection(*listener.getsockname(), timeout=SECONDS)) as connection:
        headers = {"X-Forwarded-For": "203.0.113.9", "Referer": "http://elsewhere.example/"}
        connection.request("GET", "/health/live/?password=secret", headers=headers)
        response = connection.getresponse()
        response.read()
        line = server.wait_for("GET /health/live/ 200")
        assert line["name"] == "gunicorn.access"
        assert line["request_id"] == response.headers["X-Request-ID"]
        assert not any(text in str(line) for text in ("secret", "203.0", "127.0", "elsewhere"))

        # The same server, to spare a start: only the header it trusts says HTTPS.
        for header, status in [("X-Forwarded-Proto", 301), ("X-Scheme", 200)]:
            connection.request("GET", "/store/products/", headers={header: "https"})
            response = connection.getresponse()
            response.read()
            assert response.status == status
    server.stop()
