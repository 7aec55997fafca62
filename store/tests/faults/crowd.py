"""Clients that send their requests to a served shop at the same moment."""

import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from email.message import Message
from http.client import HTTPConnection
from threading import Barrier
from typing import Any, NamedTuple
from urllib.parse import urlsplit

MAX_CLIENTS = 64
SECONDS = 120


class Request(NamedTuple):
    method: str
    path: str
    body: Any = None
    token: str | None = None
    headers: dict[str, str] | None = None


def checkout(cart: Any, user: Any, headers: dict[str, str] | None = None) -> Request:
    """Return the request of a user, who has a `token`, to order a cart."""
    return Request("POST", "/store/orders/", {"cart_id": str(cart.pk)}, user.token, headers)


class Response(NamedTuple):
    request: Request
    status: int
    body: Any
    headers: Message


def statuses(responses: Sequence[Response]) -> Counter[int]:
    return Counter(response.status for response in responses)


def send_at_once(
    url: str, requests: Sequence[Request], clients: int = MAX_CLIENTS
) -> list[Response]:
    """Send all requests from so many clients at once; the responses come in the order of the requests."""
    clients = min(clients, len(requests))
    start = Barrier(clients)

    def work(connection: HTTPConnection, share: Sequence[Request]) -> list[Response]:
        start.wait(SECONDS)
        return [send(connection, request) for request in share]

    with ExitStack() as stack, ThreadPoolExecutor(clients) as pool:
        connections = [stack.enter_context(closing(connect(url))) for _ in range(clients)]
        shares = [requests[number::clients] for number in range(clients)]
        responses = dict[int, Response]()
        for number, share in enumerate(pool.map(work, connections, shares)):
            responses |= dict(zip(range(number, len(requests), clients), share, strict=True))
    return [responses[number] for number in range(len(requests))]


def connect(url: str) -> HTTPConnection:
    """Open a connection that the server has accepted, so that nobody starts late."""
    parts = urlsplit(url)
    connection = HTTPConnection(str(parts.hostname), parts.port, timeout=SECONDS)
    send(connection, Request("GET", "/health/live/"))
    return connection


def send(connection: HTTPConnection, request: Request) -> Response:
    headers = {"Content-Type": "application/json", **(request.headers or {})}
    if request.token:
        headers["Authorization"] = f"JWT {request.token}"
    body = None if request.body is None else json.dumps(request.body)
    connection.request(request.method, request.path, body, headers)
    response = connection.getresponse()
    content = response.read()
    parsed = json.loads(content) if content else None
    return Response(request, response.status, parsed, response.headers)
