from collections.abc import Mapping
from typing import Any

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

    For known and unknown addresses alike, so that a refusal tells of no account.
    """

    seconds = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        address = request.data.get("email") if isinstance(request.data, Mapping) else None
        if isinstance(address, str) and address.strip() != getattr(request.user, "email", None):
            self.seconds = seconds_to_wait("mails", mailbox(address))
        return not self.seconds

    def wait(self) -> float:
        return self.seconds


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
