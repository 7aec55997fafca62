from typing import Any, NoReturn

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.utils.http import escape_leading_slashes
from django.views.defaults import server_error as server_error_page
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from ..exceptions import problem
from ..negotiation import PROBLEM_JSON, accepts_problem


@extend_schema(exclude=True)
class UnknownEndpointView(APIView):
    """Answers below the API's prefixes what no route knows, as the API answers: JSON, not a page."""

    permission_classes = [AllowAny]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> NoReturn:
        super().initial(request, *args, **kwargs)
        raise NotFound


@extend_schema(exclude=True)
class MissingSlashView(APIView):
    """Leads readers to the address with its closing slash; a write would lose its body on the way."""

    authentication_classes: list[type[BaseAuthentication]] = []
    permission_classes = [AllowAny]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD"):
            raise NotFound("Every address ends in a slash; this one has none.")

    def get(self, request: Request) -> HttpResponse:
        with_slash = request._request.get_full_path(force_append_slash=True)
        return HttpResponsePermanentRedirect(escape_leading_slashes(with_slash))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an unexpected error: a page to a browser, JSON to everybody else."""
    if "text/html" in request.headers.get("Accept", ""):
        return server_error_page(request)
    body = {"detail": "A server error occurred."}
    if accepts_problem(request):
        return JsonResponse(problem(500, body), status=500, content_type=PROBLEM_JSON)
    return JsonResponse(body, status=500)
