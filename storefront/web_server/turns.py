"""Whose request a thread serves next: networks take turns, and so do reads, writes and sign-ins.

Fair queueing (Nagle, RFC 970): a network that sends more requests at once waits longer for its own alone.
"""

from collections import Counter, OrderedDict, deque
from threading import Lock

from .connections import LARGE, MOST_HELD, Connection
from .framing import Kind

# Of the connections of a process those whose requests may wait, so that there is always one for whoever comes. Of 800
# that is 150 sign-ins: three or four seconds of hashes.
SHARES = {Kind.READ: 3 / 8, Kind.WRITE: 3 / 8, Kind.SIGN_IN: 3 / 16}


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
    """The requests that wait for one of the threads; the slower kinds leave threads to the others."""

    def __init__(self, threads: int, connections: int) -> None:
        self.lock = Lock()
        self.queues = {kind: Queue(int(connections * share)) for kind, share in SHARES.items()}
        # The kind that was served last comes last.
        self.order = deque(Kind)
        # Threads that serve each kind.
        self.busy: Counter[Kind] = Counter()
        self.most_changing, self.most_sign_ins = max(threads - 1, 1), max(threads - 2, 1)
        # Turns of threads that found but requests which had to wait.
        self.owed = 0

    def put(self, connection: Connection, network: str) -> Connection | None:
        """Let a connection wait; return the one that waits no longer, where too many do."""
        with self.lock:
            held = sum(queue.held for queue in self.queues.values()) + connection.held
            if held > MOST_HELD and connection.held > LARGE:
                return connection
            queue = self.queues[connection.framing.kind]
            queue.put(network, connection)
            return queue.take_back() if len(queue) > queue.most else None

    def take(self) -> Connection | None:
        """Return the connection that is next, once for each that was put; None: it waits for others to end."""
        with self.lock:
            connection = self.next()
            self.owed += connection is None
            return connection

    def done(self, connection: Connection) -> Connection | None:
        """Return what the thread of a connection that is served has to serve as well."""
        with self.lock:
            self.busy[connection.framing.kind] -= 1
            found = self.next() if self.owed else None
            self.owed -= found is not None
            return found

    def next(self) -> Connection | None:
        for kind in self.order:
            if self.queues[kind] and self.may_begin(kind):
                self.order.remove(kind)
                self.order.append(kind)
                self.busy[kind] += 1
                return self.queues[kind].take()
        return None

    def may_begin(self, kind: Kind) -> bool:
        """Tell whether a thread is left for the other kinds: one for reads, another one for writes."""
        changing = self.busy[Kind.WRITE] + self.busy[Kind.SIGN_IN]
        return kind is Kind.READ or (
            changing < self.most_changing
            and (kind is Kind.WRITE or self.busy[Kind.SIGN_IN] < self.most_sign_ins)
        )
