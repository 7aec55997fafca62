from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .views.visitor_reads import kept_answer


class KeptAnswersMiddleware:
    """Answers visitors from what the process keeps, before sessions, routes and views have a look."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = kept_answer(request)
        if answer is None:
            return self.get_response(request)
        # The metrics go by the name of the route.
        request.resolver_match = answer.match
        return answer.response()
