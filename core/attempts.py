"""The one rule before a password is checked: `User.check_password` and the backend of `authenticate` ask here."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

from storefront.limits.addresses import client_address, is_trusted, network_of
from storefront.limits.counters import hit
from storefront.limits.refusals import remember_refusal
from storefront.limits.requests import current_request, tell_proxy

from .hashers import hashing_place
from .security_log import security_event
from .services.sign_ins import begin_attempt, forget_failures, give_back, place_of, succeed

# Characters of a path that a line of the log shows.
SHOWN = 100
# Within an attempt another one is a part of it: authenticate() checks the password of a user.
_is_open: ContextVar[bool] = ContextVar("_is_open", default=False)


@dataclass
class Attempt:
    """A password that is being checked; whoever checks it says whether it is right."""

    is_right: bool = False


@contextmanager
def attempt(username: str) -> Iterator[Attempt]:
    """Count the check of a password for the request of now, or raise Throttled, or Busy.

    It counts before, so that many at once cannot pass, and is given back where nothing was checked.
    """
    request, checked = current_request.get(), Attempt()
    if request is None or _is_open.get():
        yield checked
        return
    refuse(request, credentials_wait(request), username)
    # Before the database is asked: a flood must be cheap to refuse.
    with hashing_place():
        yield from counted(request, username, checked)


def counted(request: HttpRequest, username: str, checked: Attempt) -> Iterator[Attempt]:
    begun = begin_attempt(place=place_of(username, network_of(client_address(request))))
    refuse(request, begun.wait, username)
    token = _is_open.set(True)
    try:
        yield checked
    except BaseException:
        give_back(begun=begun)
        raise
    finally:
        _is_open.reset(token)
    if checked.is_right:
        succeed(begun=begun)
    else:
        log("sign_in_failed", request, username)


def forget_attempts(username: str) -> None:
    """Let an account be tried anew once its password was reset, from this network as from one that signs in."""
    request = current_request.get()
    network = None if request is None else network_of(client_address(request))
    forget_failures(username=username, network=network)


def credentials_wait(request: HttpRequest | Request) -> int:
    """Count a request that is about credentials, once; return the seconds that its network has to wait."""
    asked: HttpRequest = getattr(request, "_request", request)
    counted = vars(asked)
    if "credentials_wait" not in counted:
        counted["credentials_wait"] = hit_network(asked)
    return counted["credentials_wait"]


def remember_network_refusal(request: HttpRequest | Request) -> None:
    """Refuse the network at this path, where every request counts, until it may try again."""
    if wait := credentials_wait(request):
        remember_refusal(request, wait, of_network=True)


def hit_network(request: HttpRequest) -> int:
    if settings.CREDENTIALS_RATE is None or is_trusted(request):
        return 0
    limit, period = settings.CREDENTIALS_RATE
    network = network_of(client_address(request))
    return hit(f"credentials {network}", limit=limit, period=period)


def refuse(request: HttpRequest, wait: int, username: str) -> None:
    if wait:
        log("sign_in_refused", request, username)
        raise Throttled(wait)


def refuse_network(request: HttpRequest) -> None:
    """Count a form that is about credentials; raises Throttled."""
    if wait := credentials_wait(request):
        log("sign_in_refused", request)
        raise Throttled(wait)


def log(event: str, request: HttpRequest | Request, username: str | None = None) -> None:
    security_event(event, request=request, account=username, path=request.path[:SHOWN])
    tell_proxy(request, event.removeprefix("sign_in_"))
