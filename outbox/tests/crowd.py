"""Workers of a test, each in a thread with a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection


def at_once(workers: int, act: Callable[[int], Any]) -> list[Any]:
    """Let workers act at the same moment and return what each returned."""
    start = Barrier(workers)

    def work(number: int) -> Any:
        try:
            start.wait(30)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, range(workers)))
