from collections.abc import Callable, Hashable
from contextlib import suppress
from threading import Lock
from typing import Generic, TypeVar

from cachetools import LRUCache

T = TypeVar("T")


class Kept(Generic[T]):
    """What the threads of a process keep, up to so much of it; what was used least recently goes first."""

    def __init__(self, room: int, size: Callable[[T], int] | None = None) -> None:
        self.items: LRUCache[Hashable, T] = LRUCache(room, getsizeof=size)
        self.lock = Lock()

    def get(self, key: Hashable) -> T | None:
        with self.lock:
            return self.items.get(key)

    def put(self, key: Hashable, item: T) -> None:
        # What is larger than all the room is not kept.
        with self.lock, suppress(ValueError):
            self.items[key] = item
