"""A receiver of webhooks on this machine: a real HTTP server, over TLS where asked."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any, NamedTuple

from standardwebhooks import Webhook

from storefront.tests.parallel import HOST, free_port


class Received(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> Any:
        """Check the signature as a receiver does and return the payload."""
        return Webhook(secret).verify(self.body, self.headers)


class Receiver:
    """Collects requests in `received`; `respond` says what each is answered."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.host, self.port = HOST, free_port()
        self.scheme = "https" if context else "http"
        self.received: list[Received] = []
        # Gets the handler and the request; the usual answer is an empty 204.
        self.respond: Callable[[Any, Received], None] = lambda handler, request: answer(handler)
        self._changed = Condition()
        self._server = ThreadingHTTPServer((self.host, self.port), self._handler())
        self._server.daemon_threads = True
        if context:
            # In the thread of each connection: one that fails its handshake ends nobody else's.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}/hooks"

    def wait_for(self, requests: int, *, seconds: float = 30) -> list[Received]:
        """Wait until so many requests are there and return them all."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.received) >= requests, seconds)
            return list(self.received)

    def always(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.respond = lambda handler, request: answer(handler, status, body, **headers)

    def start(self) -> None:
        Thread(target=self._server.serve_forever, args=[0.02], daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(receiver) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Received(self.path, headers, body)
                with receiver._changed:
                    receiver.received.append(request)
                    receiver._changed.notify_all()
                try:
                    receiver.respond(self, request)
                except OSError:
                    # The shop had enough.
                    self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                """Print nothing."""

        return Handler


def answer(handler: Any, status: int = 204, body: bytes = b"", **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    if status != 204:
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    receiver = Receiver(context)
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.stop()
