"""Where a request ends, and what becomes of what a socket does not take at once."""

import socket
from typing import Any

import pytest
from gunicorn.config import Config

from storefront.web_server.connections import BufferedSocket, Connection
from storefront.web_server.framing import LARGEST_HEAD, Arrival, Framing, Kind
from storefront.web_server.worker import BufferingWorker

LIVE = b"GET /health/live/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"


class TestFraming:
    @pytest.mark.parametrize(
        ("received", "arrival"),
        [
            (b"", Arrival.PARTIAL),
            (LIVE, Arrival.PARTIAL),
            (LIVE + b"\r\n", Arrival.WHOLE),
            (LIVE + b"content-length:2\r\n\r\na", Arrival.PARTIAL),
            (LIVE + b"content-length:2\r\n\r\nab", Arrival.WHOLE),
            (LIVE + b"content-length:2\r\nExpect: 100-Continue\r\n\r\n", Arrival.EXPECTING),
            (LIVE + b"content-length:2\r\nTransfer-Encoding: chunked\r\n\r\n", Arrival.WHOLE),
            (b"x" * (LARGEST_HEAD + 1), Arrival.HEAD_TOO_LARGE),
            (LIVE + b"content-length: 99999999\r\n\r\n", Arrival.BODY_TOO_LARGE),
        ],
    )
    def test_at_once_and_byte_by_byte(self, received: bytes, arrival: Arrival) -> None:
        assert Framing().arrival(bytearray(received)) is arrival
        framing = Framing()
        found = [
            framing.arrival(bytearray(received[: end + 1])) for end in range(len(received))[-200:]
        ]
        assert not found or found[-1] is arrival
        assert set(found[:-1]) <= {Arrival.PARTIAL}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("GET /store/products/", Kind.READ),
        ("HEAD /admin/login/", Kind.READ),
        ("OPTIONS /auth/jwt/create/", Kind.READ),
        ("POST /store/carts/", Kind.WRITE),
        ("POST /auth/jwt/refresh/", Kind.WRITE),
        ("POST /store/products/?next=/admin/login/", Kind.WRITE),
        ("DELETE /auth/users/me/", Kind.WRITE),
        ("POST /auth/jwt/create/", Kind.SIGN_IN),
        ("POST /auth/jwt/create", Kind.SIGN_IN),
        ("POST /auth/jwt/create.json", Kind.SIGN_IN),
        ("POST /admin/login/?next=/admin/", Kind.SIGN_IN),
        ("POST /shop/api-auth/login/", Kind.SIGN_IN),
    ],
)
def test_kinds(line: str, kind: Kind) -> None:
    framing = Framing()
    framing.arrival(bytearray(f"{line} HTTP/1.1\r\nHost: a\r\n\r\n".encode()))
    assert framing.kind is kind


def test_what_does_not_fit_waits_in_order() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        buffered = BufferedSocket(ours)
        sent = [bytes([number]) * 300_000 for number in range(5)]
        for part in sent:
            buffered.sendall(part)
        assert buffered.unsent
        read = b""
        while not buffered.flush():
            read += theirs.recv(100_000)
        ours.close()
        read += b"".join(iter(lambda: theirs.recv(100_000), b""))
        assert read == b"".join(sent)


def test_a_refusal_that_nobody_takes_ends_its_own_connection_alone() -> None:
    ours, theirs = socket.socketpair()
    worker: Any = BufferingWorker.__new__(BufferingWorker)
    worker.watched, worker.nr_conns = {}, 2
    refused = Connection(Config(), ours, ("192.0.2.1", 1), ("127.0.0.1", 8000))
    theirs.close()
    worker.refuse(refused, 503)
    assert (worker.nr_conns, ours.fileno()) == (1, -1)
