"""Clients that keep asking while the server is stopped and started."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from select import select
from threading import Condition, Event, Thread
from time import monotonic

SECONDS = 60
JSON = {"Content-Type": "application/json"}
REQUESTS = [
    ("GET", "/store/products/", None, 200),
    ("POST", "/store/carts/", b"{}", 201),
    ("GET", "/health/live/", None, 200),
]


@dataclass
class Crowd:
    """What the clients saw: seconds per answer, and a word on each request without the right answer."""

    address: tuple[str, int]
    times: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    carts: int = 0
    # Kept connections that the server had closed before the next request was sent.
    reopened: int = 0
    stopping: Event = field(default_factory=Event)
    changed: Condition = field(default_factory=Condition)

    def wait_for(self, more: int) -> None:
        """Wait for so many more answers."""
        with self.changed:
            goal = len(self.times) + more
            assert self.changed.wait_for(lambda: len(self.times) >= goal, SECONDS), self.lost

    def summary(self) -> str:
        times = sorted(self.times)
        middle, late, last = (times[int((len(times) - 1) * part)] for part in (0.5, 0.99, 1))
        return (
            f"{len(times)} requests, {len(self.lost)} lost; "
            f"median {middle:.2f} s, 99 % within {late:.2f} s, slowest {last:.2f} s"
        )

    def ask(self, keeps_connection: bool, turn: int) -> None:
        connection = HTTPConnection(*self.address, timeout=SECONDS)
        headers = JSON if keeps_connection else {**JSON, "Connection": "close"}
        while not self.stopping.is_set():
            turn += 1
            method, path, body, expected = REQUESTS[turn % len(REQUESTS)]
            # Readable before anything was asked: closed, as every client checks.
            if connection.sock and select([connection.sock], [], [], 0)[0]:
                self.reopened += 1
                connection.close()
            start = monotonic()
            try:
                connection.request(method, path, body, headers)
                response = connection.getresponse()
                response.read()
                problem = "" if response.status == expected else f"{method} {response.status}"
            except (OSError, HTTPException) as error:
                problem = f"{method} {type(error).__name__} {error}"
                connection.close()
            self.note(problem, monotonic() - start, is_cart=method == "POST")
        connection.close()

    def note(self, problem: str, seconds: float, *, is_cart: bool) -> None:
        with self.changed:
            self.times.append(seconds)
            if problem:
                self.lost.append(problem)
            elif is_cart:
                self.carts += 1
            self.changed.notify_all()


@contextmanager
def asking(address: tuple[str, int], clients: int) -> Iterator[Crowd]:
    """Let clients ask without a pause, every second one over a connection that it keeps."""
    crowd = Crowd(address)
    threads = [Thread(target=crowd.ask, args=(n % 2 == 0, n)) for n in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield crowd
    finally:
        crowd.stopping.set()
        for thread in threads:
            thread.join(SECONDS)
