"""Clients that do one request after the other, each in a process of its own."""

import json
import multiprocessing
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from .measurements import Measurement, percentile
from .progress import say

TIMEOUT = 60


class Response(NamedTuple):
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content)


class Refused(Exception):
    """A response was not the one that the flow expects."""


class Client:
    """A connection that is kept where the server keeps it, and the cookies that it set.

    Of our own: `http.client` would use more of the processor than the fastest server does.
    """

    def __init__(self, port: int, **headers: str) -> None:
        self.port = port
        self.headers = headers
        self.cookies: dict[str, str] = {}
        self.socket: socket.socket | None = None
        self.buffer = bytearray()

    def get(self, path: str, **headers: str) -> Response:
        return self.ask("GET", path, b"", **headers)

    def post(self, path: str, body: Any) -> Any:
        """Post JSON and return the body of the response; raises Refused where it is no success."""
        response = self.ask("POST", path, json.dumps(body).encode())
        if response.status not in (200, 201):
            raise Refused(f"{path}: {response.status} {response.content[:300]!r}")
        return response.body

    def ask(self, method: str, path: str, content: bytes = b"", **headers: str) -> Response:
        """Send a request; an underscore in a header's name stands for a hyphen."""
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), TIMEOUT)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(self.head(method, path, content, headers) + content)
        response = self.receive()
        if response.headers.get("connection") == "close":
            self.close()
        return response

    def head(self, method: str, path: str, content: bytes, headers: dict[str, str]) -> bytes:
        fields = {"Host": f"127.0.0.1:{self.port}"}
        if content:
            fields |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
        fields |= {**self.headers, **headers}
        if self.cookies:
            fields["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
        return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode()

    def receive(self) -> Response:
        head = self.read_until(b"\r\n\r\n").decode("latin-1")
        first, *lines = head.split("\r\n")
        headers: dict[str, str] = {}
        for name, _, value in (line.partition(": ") for line in lines):
            if name.lower() == "set-cookie":
                cookie, _, setting = value.partition(";")[0].partition("=")
                self.cookies[cookie] = setting
            headers[name.lower()] = value
        status = int(first.split(" ", 2)[1])
        length = 0 if status in (204, 304) else int(headers["content-length"])
        return Response(status, headers, self.read(length))

    def read_until(self, mark: bytes) -> bytes:
        while mark not in self.buffer:
            self.fill()
        end = self.buffer.index(mark)
        found = bytes(self.buffer[:end])
        del self.buffer[: end + len(mark)]
        return found

    def read(self, length: int) -> bytes:
        while len(self.buffer) < length:
            self.fill()
        found = bytes(self.buffer[:length])
        del self.buffer[:length]
        return found

    def fill(self) -> None:
        assert self.socket is not None
        chunk = self.socket.recv(65536)
        if not chunk:
            self.close()
            raise ConnectionError("The server closed the connection.")
        self.buffer += chunk

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
        self.socket, self.buffer = None, bytearray()


@dataclass(frozen=True)
class Shopper:
    """What a client knows."""

    username: str
    password: str
    products: list[int]


Flow = Callable[[Client, Shopper], None]


@dataclass(frozen=True)
class Shift:
    """What one client is to do, over and over."""

    port: int
    flow: Flow
    seconds: float
    shopper: Shopper
    headers: dict[str, str]


@dataclass
class Tally:
    """What one client did."""

    times: list[float]
    errors: list[str]


def work(shift: Shift) -> Tally:
    client = Client(shift.port, **shift.headers)
    tally = Tally([], [])
    deadline = time.monotonic() + shift.seconds
    while (started := time.monotonic()) < deadline:
        try:
            shift.flow(client, shift.shopper)
        except (Refused, OSError) as error:
            tally.errors.append(str(error))
            client.close()
        else:
            tally.times.append(time.monotonic() - started)
    client.close()
    return tally


def work_together(shifts: list[Shift]) -> Measurement:
    """Let the clients work at the same time, and count whole flows."""
    with multiprocessing.get_context("fork").Pool(len(shifts)) as pool:
        started = time.monotonic()
        tallies = pool.map(work, shifts, chunksize=1)
        took = time.monotonic() - started
    times = [each for tally in tallies for each in tally.times]
    errors = [each for tally in tallies for each in tally.errors]
    if not times:
        raise Refused(errors[0] if errors else "Nothing was done.")
    if errors:
        say(f"The first of {len(errors)} errors: {errors[0]}")
    p50, p99 = percentile(times, 0.5), percentile(times, 0.99)
    return Measurement(len(times), len(times) / took, p50, p99, len(errors))
