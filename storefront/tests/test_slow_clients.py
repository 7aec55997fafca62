"""Clients that send or read slowly, straight at the web process, hold no thread of it."""

import json
import os
import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from http.client import HTTPConnection, HTTPMessage, parse_headers
from pathlib import Path
from select import select
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

import pytest

from storefront.errors.exceptions import Busy
from storefront.web_server.framing import LARGEST_BODY, LARGEST_HEAD, Kind
from storefront.web_server.turns import SHARES

from .serving import production, serving

pytestmark = pytest.mark.once

HOST = b"Host: 127.0.0.1\r\n"
CART = b"POST /store/carts/ HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
LIVE = b"GET /health/live/ HTTP/1.1\r\n" + HOST
SLOWLY = [
    b"",
    b"G",
    LIVE,
    LIVE + b"X-Slow: ",
    CART + b"Content-Length: 100\r\n\r\n{",
    CART + b"Content-Length: 9000000\r\n\r\n" + b" " * 300_000,
]
LIMIT = 5
# More than there are threads.
MANY = 8
CONNECTIONS = 80
MOST_WRITES = int(CONNECTIONS * SHARES[Kind.WRITE])


class Response(NamedTuple):
    status: int
    headers: HTTPMessage
    body: bytes


class Client:
    """A connection on which requests may be sent in pieces, and several at once."""

    def __init__(self, address: tuple[str, int], sent: bytes, buffer: int | None) -> None:
        self.socket = socket.socket()
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.settimeout(30)
        self.socket.connect(address)
        self.file = self.socket.makefile("rb")
        self.send(sent)

    def send(self, sent: bytes) -> None:
        self.socket.sendall(sent)

    def answer(self) -> Response:
        """Read the next response."""
        status = int(self.file.readline().split()[1])
        headers = parse_headers(self.file)
        return Response(status, headers, self.file.read(int(headers["Content-Length"])))

    def rest(self) -> bytes:
        """Read until the server ends the connection."""
        return self.file.read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        self.file.close()
        self.socket.close()


Open = Callable[..., Client]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, migrated_database: Path) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    shutil.copy(migrated_database, folder / "shop.sqlite3")
    return folder


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[tuple[str, int]]:
    variables = {**production(folder), "PATH": os.environ["PATH"]}
    variables |= {"WEB_RECEIVE_SECONDS": str(LIMIT), "WEB_THREADS": "2", "NUM_PROXIES": "1"}
    options = ("--workers", "1", "--worker-connections", str(CONNECTIONS))
    with serving(folder / "log", *options, **variables) as url:
        at = urlsplit(url)
        assert at.hostname
        assert at.port
        yield at.hostname, at.port


@pytest.fixture
def client(address: tuple[str, int]) -> Iterator[Open]:
    with ExitStack() as opened:

        def client(sent: bytes = b"", buffer: int | None = None) -> Client:
            return opened.enter_context(Client(address, sent, buffer))

        yield client


@pytest.mark.django_db
class TestHeldNothing:
    def test_by_who_sends_slowly(self, client: Open, address: tuple[str, int]) -> None:
        slow = [client(sent) for sent in SLOWLY for _ in range(MANY)]
        with closing(HTTPConnection(*address, timeout=30)) as visitor:
            for _ in range(5):
                visitor.request("GET", "/store/products/")
                assert visitor.getresponse().read()
        # All of them still wait for more.
        assert not select([each.socket for each in slow], [], [], 0)[0]

    def test_by_more_clients_than_a_process_takes(self, client: Open) -> None:
        slow = [client(LIVE) for _ in range(CONNECTIONS + 20)]
        assert client(LIVE + b"\r\n").answer().status == 200
        # The one that waited longest was let go for it, the last one was not.
        assert slow[0].rest() == b""
        slow[-1].send(b"\r\n")
        assert slow[-1].answer().status == 200

    def test_by_clients_that_send_many_requests_at_once(self, client: Open) -> None:
        for _ in range(CONNECTIONS + 10):
            client((LIVE + b"\r\n") * 40)
        visitor = client(LIVE + b"X-Forwarded-For: 203.0.113.1\r\n\r\n")
        assert visitor.answer().status == 200

    def test_by_bodies_that_fill_the_memory(self, client: Open) -> None:
        head = CART + b"Content-Length: 16000000\r\n\r\n"
        slow = [client(head) for _ in range(6)]
        for each in slow:
            with suppress(OSError):
                each.send(b" " * 15_000_000)
        assert client(LIVE + b"\r\n").answer().status == 200
        ended = select([each.socket for each in slow], [], [], 10)[0]
        # Four times 15 MB fit into 64 MB.
        assert 1 <= len(ended) < 6

    def test_by_who_sends_a_body_without_a_length(self, client: Open) -> None:
        chunked = CART + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{"
        for each in [client(chunked) for _ in range(MANY)]:
            response = each.answer()
            assert (response.status, response.headers["Connection"]) == (201, "close")
            each.rest()

    def test_by_who_reads_slowly(self, client: Open, address: tuple[str, int]) -> None:
        schema = b"GET /api/schema/ HTTP/1.1\r\n" + HOST + b"\r\n"
        client(schema).answer()
        slow = [client(schema * 4, buffer=2048) for _ in range(MANY)]
        assert client(LIVE + b"\r\n").answer().status == 200
        # Nothing is lost for who takes the time.
        bodies = []
        for _ in range(4):
            response = slow[0].answer()
            assert response.status == 200
            bodies.append(response.body)
        assert len(set(bodies)) == 1

    def test_refuses_what_does_not_come(self, client: Open) -> None:
        silent = client()
        response = client(CART + b"Content-Length: 2\r\n\r\n{").answer()
        assert (response.status, response.headers["Connection"]) == (408, "close")
        assert b"did not come within 5 seconds" in response.body
        assert silent.rest() == b""

    def test_a_request_that_comes_in_pieces_is_answered(self, client: Open) -> None:
        slow = client()
        for piece in (CART[:5], CART[5:], b"Content-Length: 2\r\n\r", b"\n{", b"}"):
            slow.send(piece)
        assert slow.answer().status == 201


@pytest.mark.django_db
class TestHttp:
    def test_requests_that_were_sent_at_once_are_answered_in_order(self, client: Open) -> None:
        both = CART + b"Content-Length: 2\r\n\r\n{}" + LIVE + b"\r\n"
        one = client(both * 3)
        statuses = []
        for _ in range(6):
            statuses.append(one.answer().status)
        assert statuses == [201, 200] * 3

    def test_a_body_that_nobody_reads_is_no_request(self, client: Open) -> None:
        hidden = LIVE + b"\r\n"
        length = f"Content-Length: {len(hidden)}\r\n\r\n".encode()
        one = client(b"GET /nowhere/ HTTP/1.1\r\n" + HOST + length + hidden + LIVE + b"\r\n")
        statuses = []
        for _ in range(2):
            statuses.append(one.answer().status)
        assert statuses == [404, 200]

    def test_a_large_body_reaches_the_view(self, client: Open) -> None:
        body = b"[" + b" " * 2_000_000 + b"]"
        one = client(CART + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        assert one.answer().status == 400

    def test_who_expects_100_is_told_once(self, client: Open) -> None:
        one = client(
            CART + b"Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
        )
        assert one.file.readline() + one.file.readline() == b"HTTP/1.1 100 Continue\r\n\r\n"
        one.send(b"{}")
        assert one.rest().startswith(b"HTTP/1.1 201 ")

    def test_of_too_many_writes_at_once_some_wait_and_the_others_are_told(
        self, client: Open, folder: Path
    ) -> None:
        with closing(sqlite3.connect(folder / "shop.sqlite3")) as database:
            # The one thread for writes waits for it.
            database.execute("BEGIN IMMEDIATE")
            opened = [
                client(CART + b"Content-Length: 2\r\n\r\n{}") for _ in range(MOST_WRITES + 10)
            ]
            waiting, refused = {each.socket: each for each in opened}, []
            while len(waiting) > MOST_WRITES + 1:
                ready = select(waiting, [], [], 30)[0]
                assert ready
                refused += [waiting.pop(each).answer() for each in ready]
            assert client(LIVE + b"\r\n").answer().status == 200
            database.rollback()
        answers = [*refused, *(each.answer() for each in waiting.values())]
        served = [answer for answer in answers if answer.status == 201]
        # The one that is served first may have waited before.
        assert len(served) in (MOST_WRITES, MOST_WRITES + 1)
        refused = [answer for answer in answers if answer not in served]
        for answer in refused:
            assert answer.status == 503
            assert json.loads(answer.body) == {"detail": Busy.message, "code": Busy.code}
            assert answer.headers["Retry-After"] == str(Busy.wait)

    def test_who_stops_sending_is_answered(self, client: Open) -> None:
        one = client(b"GET /api/schema/?format=json HTTP/1.0\r\n" + HOST + b"\r\n")
        one.socket.shutdown(socket.SHUT_WR)
        response = one.answer()
        assert len(response.body) == int(response.headers["Content-Length"])

    @pytest.mark.parametrize(
        ("sent", "status"),
        [
            (b"nonsense\r\n\r\n", 400),
            (LIVE + b"X-Long: " + b"x" * (LARGEST_HEAD + 1), 431),
            (CART + f"Content-Length: {LARGEST_BODY * 2}\r\n\r\n".encode(), 413),
            (CART + b"Content-Length: -1\r\n\r\n", 400),
            (CART + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}!", 400),
        ],
    )
    def test_refuses(self, client: Open, sent: bytes, status: int) -> None:
        one = client(sent)
        response = one.answer()
        assert response.status == status
        assert one.rest() == b""
