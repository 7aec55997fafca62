"""What machines ask: health and metrics."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

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
        answer: HttpResponse = view(request, *args, **kwargs)
        # CommonMiddleware is not reached; without a length some servers close the connection.
        answer.headers.setdefault("Content-Length", str(len(answer.content)))
        return answer
