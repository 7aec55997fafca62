from collections.abc import Iterable

from django.http import HttpRequest
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

PROBLEM_JSON = "application/problem+json"


def accepts_problem(request: HttpRequest | Request) -> bool:
    """Tell whether the client asks for errors as problem details (RFC 9457)."""
    accepted = request.META.get("HTTP_ACCEPT", "").split(",")
    return any(media.partition(";")[0].strip().lower() == PROBLEM_JSON for media in accepted)


class ProblemAwareNegotiation(DefaultContentNegotiation):
    """Serve JSON to a client that names only the media type of its errors."""

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        try:
            return super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable:
            if accepts_problem(request):
                renderer = next(iter(renderers))
                return renderer, str(renderer.media_type)
            raise
