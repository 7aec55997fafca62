"""How often one account, or one network where nobody is signed in, may write over the API."""

from typing import Any

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from storefront.limits.requests import current_request

from .addresses import client_address, is_trusted, network_of
from .rates import Quota, count_quotas, longest_wait
from .refusals import remember_refusal

# Of a view that names none.
USUAL_SCOPE = "writes"


class RateThrottle(BaseThrottle):
    """Refuses what is sent more often than RATES allows for the `rate_scope` of the view.

    A view whose scope is None is exempt; so are reads, unless the view is `rated_reads`.
    """

    seconds = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        scope = scope_of(request, view)
        if scope not in settings.RATES or is_trusted(request):
            return True
        quotas = count_quotas(scope, asker(request))
        tell_middleware(quotas)
        self.seconds = longest_wait(quotas)
        if self.seconds:
            remember_refusal(request, self.seconds)
        return not self.seconds

    def wait(self) -> float:
        return self.seconds


def tell_middleware(quotas: list[Quota]) -> None:
    """Have the response of the request that is answered tell what is left."""
    answered: Any = current_request.get()
    if answered is not None:
        answered.rate_quotas = quotas


def scope_of(request: Request, view: Any) -> str | None:
    """Return the scope that a request counts for, None where it counts for none."""
    if not is_rated(request.method, view):
        return None
    scope: str = getattr(view, "rate_scope", USUAL_SCOPE)
    # Who ships a hundred orders is no flood.
    is_work = getattr(request.user, "is_staff", False) and request.method not in SAFE_METHODS
    return USUAL_SCOPE if is_work else scope


def is_rated(method: str | None, view: Any) -> bool:
    """Tell whether requests to a view by a method are counted at all."""
    is_exempt = getattr(view, "rate_scope", USUAL_SCOPE) is None
    is_write = method not in SAFE_METHODS
    return not is_exempt and (is_write or getattr(view, "rated_reads", False))


def asker(request: Request) -> str:
    """Return whom a request counts for: the account, else the network."""
    user_id = getattr(request.user, "pk", None)
    return f"user:{user_id}" if user_id else f"network:{network_of(client_address(request))}"
