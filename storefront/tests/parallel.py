"""What each worker of pytest-xdist has for itself; Django gives it a database, the settings a media folder."""

import os
import socket
from itertools import cycle

HOST = "127.0.0.1"
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
# Redis has sixteen databases; from number 9 on they are the tests'.
MOST_WORKERS = 7
# Below those that the system gives to whoever asks for any.
PORTS_OF_ONE = 500
ports = cycle(range(20_000 + PORTS_OF_ONE * WORKER, 20_000 + PORTS_OF_ONE * (WORKER + 1)))


def redis_address() -> str:
    """Return the address of this worker's Redis database, which its tests empty."""
    first = os.environ.get("REDIS_TEST_URL", "redis://127.0.0.1:6379/9")
    server, _, number = first.rpartition("/")
    return f"{server}/{int(number) + WORKER}"


def free_port() -> int:
    """Return a port that no other worker takes before it is used."""
    return next(filter(is_free, ports))


def is_free(port: int) -> bool:
    with socket.socket() as one:
        try:
            one.bind((HOST, port))
        except OSError:
            return False
    return True
