from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .requests import current_request


class CurrentRequestMiddleware:
    """Tells what is called by a view, however deep, which request that is for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = current_request.set(request)
        try:
            return self.get_response(request)
        finally:
            current_request.reset(token)
