"""Networks take turns, reads and writes take turns, and one thread is the reads' own."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from types import SimpleNamespace
from typing import Any

import pytest

from storefront.limits.addresses import network_behind
from storefront.web_server.connections import LARGE, Connection
from storefront.web_server.framing import Framing, Kind
from storefront.web_server.turns import Turns
from storefront.web_server.worker import BufferingWorker

SIGN_IN = "sign in"


def connection(peer: str, method: str = "GET", *headers: str, body: int = 0) -> Any:
    """Return a connection of which a request has come, a sign-in where that is the method."""
    made: Any = Connection.__new__(Connection)
    made.sock = SimpleNamespace(received=bytes(body), unsent=b"")
    made.peer = peer
    target = "POST /auth/jwt/create/" if method == SIGN_IN else f"{method} /"
    lines = [f"{target} HTTP/1.1", "Host: shop.example.com", *headers]
    made.framing = Framing()
    made.framing.read_head(bytearray(("\r\n".join(lines) + "\r\n\r\n").encode()))
    made.network = network_behind(peer, made.framing.forwarded)
    return made


@pytest.fixture
def turns() -> Turns:
    """The turns of four threads."""
    return Turns(4, 800)


def order_of(turns: Turns, connections: list[Any]) -> list[int]:
    """Put connections and return where in the list those stood that came next, one after the other."""
    for each in connections:
        turns.put(each, each.network)
    order = []
    for _ in connections:
        taken = turns.take()
        assert taken is not None
        assert turns.done(taken) is None
        order.append(connections.index(taken))
    return order


class TestOrder:
    def test_of_one_network_is_that_of_its_requests(self, turns: Turns) -> None:
        assert order_of(turns, [connection("192.0.2.1") for _ in range(4)]) == [0, 1, 2, 3]

    def test_a_network_that_sends_many_lets_others_pass(self, turns: Turns) -> None:
        flood = [connection("192.0.2.1") for _ in range(5)]
        visitors = [connection("198.51.100.1"), connection("2001:db8::1")]
        assert order_of(turns, flood + visitors) == [0, 5, 6, 1, 2, 3, 4]

    def test_addresses_of_one_ipv6_customer_are_one_network(self, turns: Turns) -> None:
        flood = [connection(f"2001:db8::{number}") for number in range(1, 4)]
        assert order_of(turns, [*flood, connection("2001:db8:0:1::1")]) == [0, 3, 1, 2]

    def test_behind_a_proxy_its_clients_take_turns(self, turns: Turns, settings: Any) -> None:
        settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
        network_behind.cache_clear()
        # What a client says of itself makes it no other one.
        flood = [
            connection("10.0.0.1", "GET", f"x-forwarded-for: 192.0.2.{n}, 198.51.100.1")
            for n in range(3)
        ]
        flood.append(
            connection(
                "10.0.0.1", "GET", "X-Forwarded-For: 192.0.2.9", "X-Forwarded-For: 198.51.100.1"
            )
        )
        visitor = connection("10.0.0.1", "GET", "X-Forwarded-For: 203.0.113.1")
        assert order_of(turns, [*flood, visitor]) == [0, 4, 1, 2, 3]
        network_behind.cache_clear()

    @pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
    def test_reads_and_writes_take_turns(self, turns: Turns, method: str) -> None:
        writes = [connection(f"192.0.2.{n}", "POST") for n in range(4)]
        reads = [connection("203.0.113.1", method) for _ in range(2)]
        assert order_of(turns, writes + reads) == [4, 0, 5, 1, 2, 3]


class TestTooMany:
    @pytest.fixture
    def turns(self) -> Turns:
        """The turns of which three writes may wait, and three reads."""
        return Turns(4, 8)

    def test_writes_of_the_network_with_the_most_go(self, turns: Turns) -> None:
        flood = [connection("192.0.2.1", "POST") for _ in range(5)]
        other = connection("198.51.100.1", "POST")
        gone = [turns.put(each, each.network) for each in [*flood[:3], other, *flood[3:]]]
        assert gone == [None, None, None, flood[2], flood[3], flood[4]]
        assert [turns.take() for _ in range(3)] == [flood[0], other, flood[1]]

    def test_of_as_many_networks_the_last_one_goes(self, turns: Turns) -> None:
        writes = [connection(f"192.0.2.{n}", "POST") for n in range(4)]
        assert [turns.put(each, each.network) for each in writes] == [None, None, None, writes[3]]

    def test_reads_leave_connections_for_others(self, turns: Turns) -> None:
        reads = [connection("192.0.2.1") for _ in range(5)]
        gone = [turns.put(each, each.network) for each in reads]
        assert gone == [*[None] * 3, *reads[3:]]

    def test_long_ones_wait_as_far_as_memory_goes(
        self, turns: Turns, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("storefront.web_server.turns.MOST_HELD", 2 * LARGE + 2)
        long = [connection(f"192.0.2.{n}", body=LARGE + 1) for n in range(4)]
        short = connection("198.51.100.1", body=LARGE)
        gone = [turns.put(each, each.network) for each in [*long[:3], short]]
        assert gone == [None, None, long[2], None]
        for taken in (long[0], long[1], short):
            assert turns.take() is taken
        assert turns.put(long[3], long[3].network) is None


class TestThreads:
    def test_one_is_left_to_reads(self) -> None:
        turns = Turns(2, 800)
        first, second, read = connection("a", "POST"), connection("b", "PATCH"), connection("c")
        for each in (first, second):
            turns.put(each, each.network)
        assert turns.take() is first
        # This thread goes; who serves the first takes over.
        assert turns.take() is None
        turns.put(read, read.network)
        assert turns.take() is read
        assert turns.done(read) is None
        assert turns.done(first) is second
        assert turns.done(second) is None

    def test_sign_ins_leave_one_to_writes(self, turns: Turns) -> None:
        sign_ins = [connection(f"192.0.2.{n}", SIGN_IN) for n in range(4)]
        write = connection("203.0.113.1", "POST")
        for each in [*sign_ins, write]:
            turns.put(each, each.network)
        assert [turns.take() for _ in range(3)] == [write, *sign_ins[:2]]
        assert [turns.take() for _ in range(2)] == [None, None]
        # Two of three threads that may change something still sign somebody in.
        assert turns.done(write) is None
        assert turns.done(sign_ins[0]) is sign_ins[2]
        assert turns.done(sign_ins[1]) is sign_ins[3]
        assert turns.done(sign_ins[2]) is None

    def test_a_process_of_one_thread_writes_too(self) -> None:
        turns = Turns(1, 800)
        write = connection("a", "POST")
        turns.put(write, write.network)
        assert turns.take() is write

    @pytest.mark.parametrize("threads", [1, 2, 4])
    def test_each_request_is_served_once(self, threads: int) -> None:
        turns, lock = Turns(threads, 50_000), Lock()
        served: list[Any] = []
        writing = most_writing = 0

        def serve() -> None:
            nonlocal writing, most_writing
            taken = turns.take()
            while taken:
                with lock:
                    served.append(taken)
                    writing += taken.framing.kind is not Kind.READ
                    most_writing = max(most_writing, writing)
                with lock:
                    writing -= taken.framing.kind is not Kind.READ
                taken = turns.done(taken)

        chosen = random.Random(threads)
        requests = [
            connection(f"192.0.2.{chosen.randrange(9)}", chosen.choice(["GET", "POST", SIGN_IN]))
            for _ in range(2000)
        ]
        with ThreadPoolExecutor(threads) as pool:
            for request in requests:
                turns.put(request, request.network)
                pool.submit(serve)
        assert len(served) == len(requests)
        assert {*map(id, served)} == {*map(id, requests)}
        assert most_writing <= max(threads - 1, 1)


class TestMemory:
    @pytest.fixture
    def worker(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        """A worker that holds as much as it may, most of it of one network."""
        monkeypatch.setattr("storefront.web_server.worker.MOST_HELD", 5 * LARGE)
        worker: Any = BufferingWorker.__new__(BufferingWorker)
        flood = [connection("192.0.2.1", body=LARGE + n) for n in range(4)]
        worker.watched = dict.fromkeys([*flood, connection("198.51.100.1", body=2 * LARGE)])
        worker.dropped = []
        worker.drop = worker.dropped.append
        return worker

    def test_is_taken_from_the_network_that_has_most(self, worker: Any) -> None:
        *flood, upload = worker.watched
        worker.free_memory(upload, upload.held)
        assert worker.dropped == [flood[-1]]

    def test_is_added_up_where_a_connection_has_grown(self, worker: Any) -> None:
        *_, upload = worker.watched
        upload.sock.received += b"x"
        worker.free_memory(upload, 1)
        assert worker.dropped == []
        upload.sock.received += bytes(LARGE)
        worker.free_memory(upload, LARGE)
        assert len(worker.dropped) == 1


def test_a_stopping_process_does_not_wait_for_who_says_nothing() -> None:
    worker: Any = BufferingWorker.__new__(BufferingWorker)
    silent, sending = connection("192.0.2.1"), connection("192.0.2.1", body=1)
    silent.framing = Framing()
    worker.watched = dict.fromkeys([silent, sending])
    silent.timeout = sending.timeout = 30.0
    worker._cap_keepalive(2.0)
    assert (silent.timeout, sending.timeout) == (2.0, 30.0)
