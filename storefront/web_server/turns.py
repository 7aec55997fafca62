"""Whose request a thread serves next: networks take turns, and so do reads and writes.

Fair queueing (Nagle, RFC 970): a network that sends more requests at once waits longer for its own alone.
"""

from collections import OrderedDict, deque
from threading import Lock

from .connections import Connection

# Of the connections of a process those whose reads, and whose writes, may wait, so that there is always one for whoever
# comes. Of 800 that is 100 writes: two seconds and a half of sign-ins, the slowest of them.
READS_SHARE, WRITES_SHARE = 1 / 2, 1 / 8
# Bytes of the requests that wait; beyond them those wait no longer that have more than this many themselves.
MOST_HELD, LARGE = 64 * 1024 * 1024, 64 * 1024


class Queue:
    """Connections whose request is whole; each network has the next turn after all the others."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.networks: OrderedDict[str, deque[Connection]] = OrderedDict()
        self.size = 0
        # Bytes.
        self.held = 0

    def put(self, network: str, connection: Connection) -> None:
        self.networks.setdefault(network, deque()).append(connection)
        self.count(1, connection)

    def __len__(self) -> int:
        return self.size

    def take(self) -> Connection:
        network, waiting = self.networks.popitem(last=False)
        connection = waiting.popleft()
        self.count(-1, connection)
        if waiting:
            self.networks[network] = waiting
        return connection

    def take_back(self) -> Connection:
        """Take the last one of the network that waits with the most, of several the last."""
        network = max(reversed(self.networks), key=lambda name: len(self.networks[name]))
        connection = self.networks[network].pop()
        if not self.networks[network]:
            del self.networks[network]
        self.count(-1, connection)
        return connection

    def count(self, one: int, connection: Connection) -> None:
        self.size += one
        self.held += one * connection.held


class Turns:
    """The requests that wait for one of the threads; writes leave one thread to the reads."""

    def __init__(self, threads: int, connections: int) -> None:
        self.lock = Lock()
        self.reads = Queue(int(connections * READS_SHARE))
        self.writes = Queue(int(connections * WRITES_SHARE))
        self.is_turn_of_writes = False
        # Threads that may begin to serve a write.
        self.free_for_writes = max(threads - 1, 1)
        # Turns of threads that found but writes, which had to wait.
        self.owed = 0

    def put(self, connection: Connection, network: str) -> Connection | None:
        """Let a connection wait; return the one that waits no longer, where too many do."""
        with self.lock:
            held = self.reads.held + self.writes.held + connection.held
            if held > MOST_HELD and connection.held > LARGE:
                return connection
            queue = self.reads if connection.framing.is_read else self.writes
            queue.put(network, connection)
            return queue.take_back() if len(queue) > queue.most else None

    def take(self) -> Connection | None:
        """Return the connection that is next, once for each that was put; None: a write waits for others to end."""
        with self.lock:
            connection = self.next()
            if connection is None:
                self.owed += 1
            return connection

    def done(self, connection: Connection) -> Connection | None:
        """Return what the thread of a connection that is served has to serve as well."""
        if connection.framing.is_read:
            return None
        with self.lock:
            self.free_for_writes += 1
            if not self.owed:
                return None
            self.owed -= 1
            return self.next()

    def next(self) -> Connection | None:
        may_write = bool(self.writes) and self.free_for_writes > 0
        if may_write and (self.is_turn_of_writes or not self.reads):
            self.is_turn_of_writes = False
            self.free_for_writes -= 1
            return self.writes.take()
        if self.reads:
            self.is_turn_of_writes = True
            return self.reads.take()
        return None
