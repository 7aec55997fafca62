from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from .attempts import credentials_wait, log, remember_network_refusal


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
