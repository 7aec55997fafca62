"""Who is refused until when, by process: a flood that goes on after a refusal costs a look into memory."""

from collections.abc import Callable
from hashlib import sha256
from math import ceil
from threading import Lock
from time import monotonic

from cachetools import TLRUCache
from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

from .addresses import client_address, network_of
from .requests import tell_proxy

# Each takes some 300 bytes; who floods from more networks is refused by the counters as before.
REMEMBERED = 10_000

# The digest of method and path, the network, and whose credentials it is about: clients send some kilobytes of each.
Key = bytes


def until_its_value(key: Key, until: float, now: float) -> float:
    return until


# What tells, for a method and path where every request waits in a queue, whether that is full.
queues: dict[str, Callable[[], bool]] = {}
refused: TLRUCache[Key, float] = TLRUCache(REMEMBERED, ttu=until_its_value, timer=monotonic)
lock = Lock()


def key_of(request: HttpRequest | Request, credentials: str | None) -> Key:
    """Return the key for the credentials of a request, or for all (None)."""
    network = network_of(client_address(request))
    parts = (request.method, request.path_info, network, credentials)
    return sha256(repr(parts).encode(errors="surrogatepass")).digest()


def credentials_of(request: HttpRequest | Request) -> str:
    """Return the token and the cookie by which a request is signed in, empty for a visitor's."""
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return f"{request.META.get('HTTP_AUTHORIZATION', '')} {cookie}"


def remember_refusal(
    request: HttpRequest | Request, wait: float, *, of_network: bool = False
) -> None:
    """Refuse what comes from the network with these credentials, or with any, until a wait in seconds is over.

    For what refuses every request of this method at this path alone, whatever its body says.
    """
    credentials = None if of_network else credentials_of(request)
    with lock:
        refused[key_of(request, credentials)] = monotonic() + wait


def remembered_wait(request: HttpRequest) -> int:
    """Return the seconds for which a refusal still holds, 0 where none does."""
    if not refused:
        return 0
    with lock:
        of_network = refused.get(key_of(request, None), 0)
        of_account = refused.get(key_of(request, credentials_of(request)), 0)
    if of_network:
        # Its limit is the one of guesses.
        tell_proxy(request, "refused")
    return max(ceil(max(of_network, of_account) - monotonic()), 0)


def remember_queue(request: HttpRequest | Request, is_full: Callable[[], bool]) -> None:
    """Refuse what comes to this path for as long as the queue that it waits in is full; the path holds no id."""
    queues[f"{request.method} {request.path_info}"] = is_full


def is_queue_full(request: HttpRequest) -> bool:
    is_full = queues.get(f"{request.method} {request.path_info}")
    return is_full is not None and is_full()
