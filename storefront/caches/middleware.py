from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class CacheControlMiddleware:
    """Keeps answers out of shared caches; what is everybody's says so itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # A browser may keep it, and asks each time whether it still holds.
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
