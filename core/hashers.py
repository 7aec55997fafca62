import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import BoundedSemaphore, get_native_id
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import (
    Argon2PasswordHasher,
    PBKDF2PasswordHasher,
    PBKDF2SHA1PasswordHasher,
)

from storefront.errors.exceptions import Busy

# Of the processor, where others want it too: the catalogue is served beside a flood of sign-ins.
NICENESS = 5


def yield_to_others() -> None:
    # Only on Linux a thread has a priority of its own; a container may forbid to lower it.
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, get_native_id(), NICENESS)


# One thread of a process does all its hashing: of each thread that hashes 19 MiB stay with the process.
hashing = ThreadPoolExecutor(
    max_workers=1, thread_name_prefix="hashing", initializer=yield_to_others
)
# Threads of the web process that check passwords at a time; the others serve the rest of the shop.
places = BoundedSemaphore(settings.HASHING_PLACES)
_has_place: ContextVar[bool] = ContextVar("_has_place", default=False)


@contextmanager
def hashing_place() -> Iterator[None]:
    """Hold a place for as long as a password is checked; raise Busy at once where none is free."""
    if _has_place.get():
        yield
        return
    if not places.acquire(blocking=False):
        raise Busy
    token = _has_place.set(True)
    try:
        yield
    finally:
        _has_place.reset(token)
        places.release()


def is_full() -> bool:
    """Tell whether who comes now finds no place."""
    if not places.acquire(blocking=False):
        return True
    places.release()
    return False


def hashed(function: Callable[..., Any], *args: Any) -> Any:
    """Run a function in the thread that hashes; raise Busy at once where too many wait for it."""
    with hashing_place():
        return hashing.submit(function, *args).result()


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id in a profile of OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane."""

    time_cost = 2
    # KiB.
    memory_cost = 19456
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        encoded: str = hashed(super().encode, password, salt)
        return encoded

    def verify(self, password: str, encoded: str) -> bool:
        try:
            return bool(hashed(super().verify, password, encoded))
        except ValueError:
            # A damaged hash fits no password.
            return False

    def must_update(self, encoded: str) -> bool:
        # Django would also replace the salts of 16 random bytes that were written before: signing in
        # signs the other devices of that user out.
        profile = f"{self.algorithm}$argon2id$v=19$m={self.memory_cost},t={self.time_cost},p=1$"
        return not encoded.startswith(profile)


class PBKDF2Hasher(PBKDF2PasswordHasher):
    """Checks hashes of before, each of which takes ten times as long."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        # Its verify() encodes too.
        encoded: str = hashed(super().encode, password, salt, iterations)
        return encoded


class PBKDF2SHA1Hasher(PBKDF2Hasher, PBKDF2SHA1PasswordHasher):
    algorithm = PBKDF2SHA1PasswordHasher.algorithm
    digest = PBKDF2SHA1PasswordHasher.digest
