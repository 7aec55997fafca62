"""What machines ask: health and metrics."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from storefront.errors.views import not_found

PREFIXES = ("/health/", "/metrics/")


class ProbeMiddleware:
    """Answers a probe before anything asks for its host, its scheme, a session or a cache.

    A load balancer calls a process by its address, over HTTP; ALLOWED_HOSTS and the redirect are for people.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIXES):
            return self.get_response(request)
        try:
            view, args, kwargs = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        response = response_of(view, request, *args, **kwargs)
        # CommonMiddleware is not reached; without a length some servers close the connection.
        response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


def response_of(
    view: Callable[..., HttpResponse], request: HttpRequest, *args: Any, **kwargs: Any
) -> HttpResponse:
    try:
        return view(request, *args, **kwargs)
    except Http404:
        # As everywhere, where in development Django would show its page of URL patterns.
        return not_found(request)
