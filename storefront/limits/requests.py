"""The request that a thread is answering, for rules that a caller cannot be trusted to hand it to."""

from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest

current_request: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)
# By which a proxy, who knows the address, learns of a guess that was `failed` or `refused`.
OUTCOME_HEADER = "X-Sign-In"


def tell_proxy(request: Any, outcome: str) -> None:
    """Send the outcome of a sign-in along with the response."""
    asked = getattr(request, "_request", request)
    asked.sign_in_outcome = outcome
