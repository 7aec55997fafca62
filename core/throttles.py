from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from storefront.errors.exceptions import Busy
from storefront.limits.rates import seconds_to_wait
from storefront.limits.refusals import remember_queue

from .attempts import credentials_wait, log, remember_network_refusal
from .canonical import canonical_address
from .hashers import is_full

# Characters; no mailbox has more.
MAX_ADDRESS = 320


class MailThrottle(BaseThrottle):
    """Counts what has a mail sent to an address that anybody may type, whoever types it from wherever.

    For known and unknown addresses alike, so that a refusal tells of no account. Each action counts for itself: who has
    verifications mailed to somebody keeps them from no reset.
    """

    seconds = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        address = request.data.get("email") if isinstance(request.data, Mapping) else None
        if isinstance(address, str) and not is_kept(address, request):
            self.seconds = mail_wait(request, action=view.action, address=address)
        return not self.seconds

    def wait(self) -> float:
        return self.seconds


def mail_wait(request: Any, *, action: str, address: str) -> int:
    """Count a mail that somebody has sent to an address; return the seconds to wait, 0 within the limit."""
    return max(seconds_to_wait("mails", f"{action}:{who}") for who in counted_for(address, request))


def count_change(user: Any) -> None:
    """Count a change that an account is told of by mail, maybe at the address of a stranger; raises Throttled.

    Once it is known to be allowed: who mistypes a password has changed nothing.
    """
    if wait := seconds_to_wait("mails", f"changes:{user.pk}"):
        raise Throttled(wait)


def is_kept(address: str, request: Request) -> bool:
    """Tell whether an account is written with the address that it has, to which nothing is mailed."""
    is_own = address.strip() == getattr(request.user, "email", None)
    return is_own and request.method in ("PUT", "PATCH")


def counted_for(address: str, request: Any) -> list[str]:
    """Return the address, and the account that asks: its own address, maybe a stranger's, is told of each new one."""
    user_id = getattr(request.user, "pk", None)
    # Staff write many accounts, each with its address.
    is_counted = user_id and not getattr(request.user, "is_staff", False)
    return [mailbox(address), *([f"user:{user_id}"] if is_counted else [])]


def mailbox(address: str) -> str:
    """Return what the spellings of an address count as, be it one or not."""
    canonical = canonical_address(address.strip()[:MAX_ADDRESS])
    # What cannot be encoded is refused later.
    return canonical.encode(errors="backslashreplace").decode()


class CredentialsThrottle(BaseThrottle):
    """Counts what a guesser of names, addresses or passwords would call, whether or not a password is checked."""

    def allow_request(self, request: Request, view: Any) -> bool:
        self.seconds = credentials_wait(request)
        if self.seconds:
            log("sign_in_refused", request)
            remember_network_refusal(request)
        return not self.seconds

    def wait(self) -> float:
        return self.seconds


class SignInThrottle(CredentialsThrottle):
    """Sends a sign-in away before it is read where no password can be checked for it."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if is_full():
            remember_queue(request, is_full)
            raise Busy
        return super().allow_request(request, view)
