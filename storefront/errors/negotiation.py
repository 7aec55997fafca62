from collections.abc import Iterable

from django.http import HttpRequest
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from .problems import accepts_problem

# With which a path names the form of its response, whatever the client accepts.
JSON_SUFFIXES = (".json", ".json/")


def suffix_of(request: HttpRequest | Request) -> str | None:
    """Return the format that the path of a request names."""
    return "json" if request.path.endswith(JSON_SUFFIXES) else None


class ProblemAwareNegotiation(DefaultContentNegotiation):
    """Serve JSON to a client that names only the media type of its errors."""

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        if named := suffix_of(request):
            renderer = self.filter_renderers(renderers, named)[0]
            return renderer, str(renderer.media_type)
        try:
            return super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable:
            if accepts_problem(request):
                first = next(iter(renderers))
                return first, str(first.media_type)
            raise
