import socket
from collections.abc import Callable
from contextlib import suppress
from struct import pack
from time import monotonic
from typing import Any

from gunicorn.workers.gthread import TConn

from .framing import Framing

AT_ONCE = 64 * 1024
# Bytes of the unfinished requests and unsent responses of a process, and of its requests that wait for a thread.
MOST_HELD = 64 * 1024 * 1024
# Bytes beyond which one connection holds much.
LARGE = 64 * 1024


class BufferedSocket:
    """The socket of a client as a thread sees it: reads what has come already, and writes into memory.

    No call waits for the client. What a thread would wait for, the worker's loop waits for, of all clients at once.
    """

    def __init__(self, client: socket.socket) -> None:
        client.setblocking(False)
        self.client = client
        self.received = bytearray()
        self.unsent = bytearray()
        # A thread has asked for more than has come: where the next request begins is unknown.
        self.is_short = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def setblocking(self, flag: bool) -> None:
        """Stay as it is; gunicorn switches it for its threads and its loop."""

    def settimeout(self, seconds: float | None) -> None:
        """Stay as it is."""

    def gettimeout(self) -> float:
        return 0.0

    def recv(self, size: int) -> bytes:
        data = bytes(memoryview(self.received)[:size])
        del self.received[:size]
        self.is_short = self.is_short or not data
        return data

    def sendall(self, data: bytes) -> None:
        # In order: nothing passes what waits already.
        sent = 0 if self.unsent else self.send_now(data)
        self.unsent += memoryview(data)[sent:]

    def send(self, data: bytes) -> int:
        self.sendall(data)
        return len(data)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        file.seek(offset)
        return self.send(file.read(count))

    def receive_now(self) -> int | None:
        """Take what has come, and return how much; 0 where the client has ended, None where nothing came."""
        try:
            data = self.client.recv(AT_ONCE)
        except (BlockingIOError, InterruptedError):
            return None
        self.received += data
        return len(data)

    def send_now(self, data: bytes | memoryview) -> int:
        try:
            return self.client.send(data)
        except (BlockingIOError, InterruptedError):
            return 0

    def flush(self) -> bool:
        """Send what the client takes now, and tell whether it has all."""
        if self.unsent:
            with memoryview(self.unsent) as view:
                sent = self.send_now(view)
            del self.unsent[:sent]
        return not self.unsent


class Connection(TConn):
    """A connection between its requests: what the loop does with it next, and until when."""

    sock: BufferedSocket

    def __init__(self, cfg: Any, client: socket.socket, address: Any, server: Any) -> None:
        super().__init__(cfg, BufferedSocket(client), address, server)
        self.framing = Framing()
        self.timeout = 0.0
        # The address that it comes from; a Unix socket has none.
        self.peer: str = address[0] if isinstance(address, tuple) else ""
        # What counts as one client, once a head has told.
        self.network: str | None = None
        # What follows once the response is sent: the next request, or the end.
        self.is_kept = True
        # No byte of a request yet, after one that was served.
        self.is_idle = False
        self.on_ready: Callable[[Connection], None]
        # Data are there when a thread gets it.
        self.data_ready = True

    @property
    def is_silent(self) -> bool:
        """Tell whether no byte of a request has come."""
        return not (self.sock.received or self.sock.unsent or self.framing.head)

    @property
    def held(self) -> int:
        return len(self.sock.received) + len(self.sock.unsent)

    def last(self, seconds: float) -> None:
        self.timeout = monotonic() + seconds

    def next_request(self) -> None:
        """Begin the next request with what was read behind the last one."""
        if self.parser is not None:
            self.sock.received[:0] = self.parser.unreader.take_buffered()
        self.framing = Framing()
        self.network = None

    def reset(self) -> None:
        """End the connection at once; the system forgets what it had to send."""
        with suppress(OSError):
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, pack("ii", 1, 0))
        self.close()
