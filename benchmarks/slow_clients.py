"""Clients that hold what a server has for them: they send slowly, or do not read."""

import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from .servers import Server

SLOW_CONNECTIONS = 16
# Seconds until a flood runs at full force.
START = 1.0
Slow = Callable[[Server, float], Counter]


def trickle_heads(server: Server, seconds: float) -> Counter:
    """Send the heads of requests, a byte each half second."""
    return trickle(server, seconds, b"GET /store/products/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")


def trickle_bodies(server: Server, seconds: float) -> Counter:
    """Send the bodies of requests, a byte each half second."""
    head = b"POST /store/carts/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\n"
    return trickle(server, seconds, head)


def leave_unread(server: Server, seconds: float) -> Counter:
    """Ask for long responses and read none of them."""
    request = b"GET /store/products/?page_size=100 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with connected(server, receive_buffer=4096) as connections:
        for each in connections:
            each.sendall(request * 20)
        time.sleep(seconds)
        return Counter()


SLOW_CLIENTS: dict[str, Slow] = {
    "heads that come slowly": trickle_heads,
    "bodies that come slowly": trickle_bodies,
    "responses that nobody reads": leave_unread,
}


def trickle(server: Server, seconds: float, start: bytes) -> Counter:
    """Send a byte each half second, on new connections where the server closed one."""
    answers: Counter = Counter()
    deadline = time.monotonic() + seconds + START
    with connected(server) as connections:
        for each in connections:
            each.sendall(start)
        while time.monotonic() < deadline:
            time.sleep(0.5)
            for index, each in enumerate(connections):
                if status := closed_with(each):
                    answers[status] += 1
                    each.close()
                    connections[index] = connect(server)
                    connections[index].sendall(start)
                else:
                    with suppress(OSError):
                        each.sendall(b"a")
    return answers


def closed_with(connection: socket.socket) -> str:
    """Return the status with which the server closed a connection, "closed" without one, else nothing."""
    connection.setblocking(False)
    try:
        received = connection.recv(4096)
    except BlockingIOError:
        return ""
    except OSError:
        return "closed"
    finally:
        connection.setblocking(True)
    return received.split()[1].decode() if received.startswith(b"HTTP/") else "closed"


def connect(server: Server, receive_buffer: int = 0) -> socket.socket:
    connection = socket.socket()
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.connect(("127.0.0.1", server.port))
    return connection


@contextmanager
def connected(server: Server, receive_buffer: int = 0) -> Iterator[list[socket.socket]]:
    connections = [connect(server, receive_buffer) for _ in range(SLOW_CONNECTIONS)]
    try:
        yield connections
    finally:
        for each in connections:
            each.close()
