from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# A browser may store it, and asks each time whether it is still valid.
USUAL = "private, no-cache"


class CacheControlMiddleware:
    """Keeps responses out of shared caches; a public response sets its own header."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", USUAL)
        return response
