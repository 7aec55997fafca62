from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponse

from .counters import count_request


class MetricsMiddleware:
    """Counts and times the requests; every label is of a set that no client can enlarge."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = perf_counter()
        response = self.get_response(request)
        took = perf_counter() - started
        count_request(view_of(request), request.method, response.status_code, took)
        return response


def view_of(request: HttpRequest) -> str:
    # The name of a route, never a path; one label for all that no route knows.
    match = request.resolver_match
    return match.view_name if match else "none"
