"""One HTTP request to an address that was checked: no redirect, no proxy, a bounded time and answer."""

import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from threading import Event, Timer
from time import monotonic
from typing import NamedTuple

from .addresses import AddressRefused, Target, addresses_of, target_of

# Characters of the answer that the log shows, and bytes that are read for them.
ANSWER_LENGTH = 500
ANSWER_BYTES = 4 * ANSWER_LENGTH
# Seconds to wait, as the answer asks for.
MAX_RETRY_AFTER = 24 * 60 * 60


class Answer(NamedTuple):
    # None where no answer came.
    status_code: int | None
    # What went wrong; empty after a 2xx.
    error: str
    text: str = ""
    retry_after: int = 0
    # Milliseconds.
    duration: int = 0

    @property
    def is_success(self) -> bool:
        return not self.error


class Deadline:
    """Ends a conversation after so many seconds, however slowly the other side speaks."""

    def __init__(self, seconds: float) -> None:
        self.ends_at = monotonic() + seconds
        self.is_over = Event()

    @property
    def seconds_left(self) -> float:
        return max(self.ends_at - monotonic(), 0.01)

    @contextmanager
    def ending(self, connection: socket.socket) -> Iterator[None]:
        """Shut the connection down when the time is over, so that whoever reads from it goes on."""
        timer = Timer(self.seconds_left, self.end, [connection])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def end(self, connection: socket.socket) -> None:
        self.is_over.set()
        try:
            # Of the plain socket: TLS would want to say good-bye.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)
        except OSError:
            # The other side was faster.
            return


def post(url: str, *, body: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
    """Send a body and return what came of it; nothing is raised for what the other side does."""
    started = monotonic()
    deadline = Deadline(seconds)
    try:
        answer = _post(target_of(url), body, headers, deadline)
    except AddressRefused as error:
        answer = Answer(None, f"Refused: {error}")
    except (OSError, HTTPException, ValueError) as error:
        too_late = deadline.is_over.is_set() or isinstance(error, TimeoutError)
        told = f"{type(error).__name__}: {error}"
        answer = Answer(None, f"No answer within {seconds:g} s." if too_late else told)
    return answer._replace(duration=round(1000 * (monotonic() - started)))


def _post(target: Target, body: bytes, headers: Mapping[str, str], deadline: Deadline) -> Answer:
    with connected(addresses_of(target), target.port, deadline) as plain:
        connection = wrapped(plain, target.host) if target.scheme == "https" else plain
        with connection, deadline.ending(connection):
            if isinstance(connection, ssl.SSLSocket):
                connection.do_handshake()
            response = asked(connection, target, body, headers)
            if deadline.is_over.is_set():
                # Of headers that were cut off nobody knows what they were to say.
                raise TimeoutError
            return answer_of(response)


def connected(addresses: Sequence[str], port: int, deadline: Deadline) -> socket.socket:
    """Connect to the first of the addresses that takes it; the name is not looked up again."""
    for address in addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, port), deadline.seconds_left / 2)
    return socket.create_connection((addresses[-1], port), deadline.seconds_left)


def wrapped(plain: socket.socket, name: str) -> ssl.SSLSocket:
    # The certificate must be of the name that was resolved, whatever address is behind it.
    context = ssl.create_default_context()
    return context.wrap_socket(plain, server_hostname=name, do_handshake_on_connect=False)


def asked(
    connection: socket.socket, target: Target, body: bytes, headers: Mapping[str, str]
) -> HTTPResponse:
    http = HTTPConnection(target.host, target.port)
    http.sock = connection
    # The start of the answer is read as it comes, never unpacked.
    always = {"Host": target.host_header, "Accept-Encoding": "identity", "Connection": "close"}
    http.request("POST", target.path, body, {**headers, **always})
    return http.getresponse()


def answer_of(response: HTTPResponse) -> Answer:
    status, error = response.status, ""
    if 300 <= status < 400:
        error = "It redirects; the shop does not follow."
    elif not 200 <= status < 300:
        error = f"Status {status}."
    asks_for = response.getheader("Retry-After", "").strip()
    seconds = int(asks_for) if asks_for.isascii() and asks_for.isdigit() else 0
    return Answer(status, error, start_of(response), min(seconds, MAX_RETRY_AFTER))


def start_of(response: HTTPResponse) -> str:
    """Return the first characters of an answer, as far as it comes in time."""
    try:
        start = response.read(ANSWER_BYTES)
    except IncompleteRead as error:
        start = error.partial
    except (OSError, HTTPException):
        start = b""
    text = start.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return text[:ANSWER_LENGTH]
