from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import Throttled

from storefront.errors.exceptions import WAITS, Busy
from storefront.errors.views import wait_page, words_of_wait

from .rates import tell_quotas
from .refusals import is_queue_full, remembered_wait
from .requests import OUTCOME_HEADER, current_request

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


class RefusalMiddleware:
    """Refuses again who was refused a moment ago, before anything is done for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refusal = refused_again(request) if request.method in UNSAFE else None
        if refusal:
            response = wait_page(request, refusal)
            # Without it, as CommonMiddleware is not asked, the connection would end.
            response["Content-Length"] = str(len(response.content))
        else:
            response = self.get_response(request)
        tell_quotas(response, vars(request).get("rate_quotas", ()))
        if outcome := vars(request).get("sign_in_outcome"):
            response[OUTCOME_HEADER] = outcome
        return response


def refused_again(request: HttpRequest) -> Throttled | Busy | None:
    if wait := remembered_wait(request):
        return Throttled(wait)
    return Busy() if is_queue_full(request) else None


class CurrentRequestMiddleware:
    """Tells what is called by a view, however deep, which request that is for; answers who has to wait."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = current_request.set(request)
        try:
            response = self.get_response(request)
        finally:
            current_request.reset(token)
        if refusal := vars(request).get("wait_refusal"):
            response.status_code = refusal.status_code
            response["Retry-After"] = str(refusal.wait)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return wait_page(request, exception) if isinstance(exception, WAITS) else None


def refuse_form(request: Any, refusal: Any) -> str:
    """Give the page that shows a form the status of a refusal; return the words for its form."""
    request.wait_refusal = refusal
    return words_of_wait(refusal)
