"""gunicorn's threads, of which none waits for a client.

The loop of the worker reads requests and sends the rest of responses; a thread gets a request once it is whole.
"""

import errno
import json
from collections import Counter
from collections.abc import Callable
from selectors import EVENT_READ, EVENT_WRITE
from time import monotonic
from typing import Any, NamedTuple

from gunicorn.errors import ConfigError
from gunicorn.http.body import LengthReader
from gunicorn.workers.gthread import ThreadWorker

from .connections import LARGE, MOST_HELD, Connection
from .framing import Arrival
from .turns import Turns

# In which a response has gone.
SEND_SECONDS = 60
# In which a client may end a connection on which all is said.
LINGER_SECONDS = 2


class Refusal(NamedTuple):
    phrase: str
    body: dict[str, str]
    headers: tuple[str, ...] = ()


# By status. 503 is told as the shop itself tells it.
REFUSALS = {
    408: Refusal("Request Timeout", {"detail": "The request did not come within {} seconds."}),
    413: Refusal("Content Too Large", {"detail": "The request is too large."}),
    431: Refusal(
        "Request Header Fields Too Large", {"detail": "The headers of the request are too large."}
    ),
    503: Refusal(
        "Service Unavailable",
        {"detail": "Too many requests of this kind are waiting; please try again.", "code": "busy"},
        ("Retry-After: 1",),
    ),
}


class BufferingWorker(ThreadWorker):
    # In which a request has come, since its first byte or the connection; gunicorn.conf.py sets it.
    receive_seconds = 30
    # Who counts as one client, once the shop is loaded: post_worker_init of gunicorn.conf.py tells.
    network_behind: Callable[[str, str], str] = staticmethod(lambda peer, forwarded: peer)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Those that the loop waits for, the oldest first.
        self.watched: dict[Connection, None] = {}
        self.swept_at = 0.0
        self.turns = Turns(self.cfg.threads, self.cfg.worker_connections)

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        super().check_config(cfg, log)
        if cfg.is_ssl:
            raise ConfigError("TLS is the part of a proxy: this worker does not speak it.")

    def accept(self, listener: Any) -> None:
        try:
            client, address = listener.accept()
        except OSError as error:
            # Another worker was faster, or the client has gone.
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        connection = Connection(self.cfg, client, address, listener.getsockname())
        connection.last(self.receive_seconds)
        # Most have sent their request already.
        connection.on_ready = self.receive
        self.attend(connection)
        self.make_room()

    def make_room(self) -> None:
        """At its limit gunicorn would let all wait until somebody leaves."""
        if self.nr_conns >= self.worker_connections and self.watched:
            self.drop(next(iter(self.watched)))

    def watch(self, connection: Connection, event: int, on_ready: Any) -> None:
        """Call this once the client is ready; the deadline is the connection's."""
        if connection in self.watched:
            return
        connection.on_ready = on_ready
        self.watched[connection] = None
        self.poller.register(connection.sock.client, event, lambda _: self.wake(connection))

    def wake(self, connection: Connection) -> None:
        # Another one's turn may have ended it.
        if connection in self.watched:
            self.attend(connection)

    def forget(self, connection: Connection) -> None:
        if connection in self.watched:
            del self.watched[connection]
            self.poller.unregister(connection.sock.client)

    def attend(self, connection: Connection) -> None:
        try:
            connection.on_ready(connection)
        except OSError:
            self.drop(connection)

    def drop(self, connection: Connection) -> None:
        self.forget(connection)
        self.nr_conns -= 1
        if connection.sock.unsent:
            connection.reset()
        else:
            connection.close()

    def receive(self, connection: Connection) -> None:
        """Read what has come; the request goes to a thread, or is refused, or waits for the rest."""
        size = connection.sock.receive_now()
        if size == 0:
            self.drop(connection)
            return
        if size and connection.is_idle:
            connection.is_idle = False
            connection.last(self.receive_seconds)
        self.go_on(connection)
        self.free_memory(connection, size or 0)

    def go_on(self, connection: Connection) -> None:
        match connection.framing.arrival(connection.sock.received):
            case Arrival.WHOLE:
                self.forget(connection)
                self.queue(connection)
            case Arrival.HEAD_TOO_LARGE | Arrival.BODY_TOO_LARGE as refusal:
                self.refuse(connection, refusal.value)
            case Arrival.EXPECTING:
                connection.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                self.watch(connection, EVENT_READ, self.receive)
            case Arrival.PARTIAL:
                self.watch(connection, EVENT_READ, self.receive)

    def free_memory(self, connection: Connection, grown: int) -> None:
        """Where unfinished requests and responses take too much, end the largest of the network that has most."""
        # Not at each byte: all of them are added up.
        has_grown = connection.held // LARGE > (connection.held - grown) // LARGE
        if has_grown and sum(one.held for one in self.watched) > MOST_HELD:
            networks: Counter[str] = Counter()
            for one in self.watched:
                networks[self.network_of(one)] += one.held
            [(heaviest, _)] = networks.most_common(1)
            those = [one for one in self.watched if self.network_of(one) == heaviest]
            self.drop(max(those, key=lambda one: one.held))

    def network_of(self, connection: Connection) -> str:
        if not connection.framing.head:
            return connection.peer
        if connection.network is None:
            forwarded = connection.framing.forwarded
            connection.network = self.network_behind(connection.peer, forwarded)
        return connection.network

    def refuse(self, connection: Connection, status: int) -> None:
        """Respond to a request that no thread gets, and end its connection."""
        phrase, told, headers = REFUSALS[status]
        body = json.dumps({name: text.format(self.receive_seconds) for name, text in told.items()})
        head = [
            f"HTTP/1.1 {status} {phrase}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            *headers,
            "Connection: close",
        ]
        self.forget(connection)
        connection.is_kept = False
        try:
            connection.sock.sendall("\r\n".join([*head, "", body]).encode())
            self.flush(connection)
        except OSError:
            self.drop(connection)

    def queue(self, connection: Connection) -> None:
        """Have a thread serve whose turn it is, which need not be this one."""
        refused = self.turns.put(connection, self.network_of(connection))
        if refused:
            self.refuse(refused, 503)
        else:
            self.tpool.submit(self.serve_in_turn)

    def serve_in_turn(self) -> None:
        connection = self.turns.take()
        while connection:
            is_kept = self.handle(connection)
            served, connection = connection, self.turns.done(connection)
            self.method_queue.defer(self.respond, served, is_kept)

    def handle_request(self, req: Any, conn: Connection) -> Any:
        # The loop has said it; and what has no length is not read to its end.
        req._expected_100_continue = False
        if not isinstance(req.body.reader, LengthReader):
            req.force_close()
        return super().handle_request(req, conn)

    def _keepalive_after(self, connection: Connection, keepalive: bool) -> bool:
        """Read what the view has not read of the body, all of which has come."""
        if keepalive:
            # In one piece: gunicorn would copy the rest of it for each kilobyte.
            reader = connection.parser.mesg.body.reader
            reader.read(reader.length)
        return keepalive and not connection.sock.is_short

    def respond(self, connection: Connection, is_kept: bool) -> None:
        connection.is_kept = is_kept
        connection.last(SEND_SECONDS)
        connection.on_ready = self.flush
        unsent = len(connection.sock.unsent)
        self.attend(connection)
        self.free_memory(connection, unsent)

    def flush(self, connection: Connection) -> None:
        """Send what the client takes; then comes its next request, or the end."""
        if not connection.sock.flush():
            self.watch(connection, EVENT_WRITE, self.flush)
            return
        self.forget(connection)
        if connection.is_kept:
            self.expect_next(connection)
        else:
            self.linger(connection)

    def expect_next(self, connection: Connection) -> None:
        connection.next_request()
        connection.is_idle = not connection.sock.received
        if not connection.is_idle:
            connection.last(self.receive_seconds)
        else:
            # A stopping process answers only what is on its way.
            seconds = self.cfg.keepalive
            connection.last(seconds if self.alive else min(LINGER_SECONDS, seconds))
        self.go_on(connection)

    def linger(self, connection: Connection) -> None:
        """Say that nothing follows, and wait for the client: closed before, it might not read the response."""
        connection.sock.shutdown(1)
        connection.last(LINGER_SECONDS)
        self.watch(connection, EVENT_READ, self.discard)

    def discard(self, connection: Connection) -> None:
        if connection.sock.receive_now() == 0:
            self.drop(connection)
        connection.sock.received.clear()

    def murder_pending(self) -> None:
        """End what is past its deadline; gunicorn calls this after each of its turns."""
        self.make_room()
        now = monotonic()
        if now - self.swept_at < 0.25:
            return
        self.swept_at = now
        for connection in [one for one in self.watched if one.timeout <= now]:
            self.expire(connection)

    def expire(self, connection: Connection) -> None:
        is_unfinished = connection.on_ready == self.receive and connection.sock.received
        if is_unfinished:
            self.refuse(connection, 408)
        else:
            self.drop(connection)

    def murder_keepalived(self, force: bool = False) -> None:
        if force:
            for connection in [*self.watched]:
                self.drop(connection)

    def _cap_keepalive(self, deadline: float) -> None:
        for connection in self.watched:
            if connection.is_silent:
                connection.timeout = min(connection.timeout, deadline)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        # A stopping process ends idle connections in time.
        super().wait_for_and_dispatch_events(timeout if self.alive else min(timeout, 0.1))
