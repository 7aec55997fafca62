import sys
from typing import Any, NoReturn

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.template.loader import render_to_string
from django.utils.http import escape_leading_slashes
from django.views.defaults import server_error as server_error_page
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from ..exceptions import DATABASE_AWAY, Unavailable, problem
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
    """Answer an unexpected error, or what is away: a page to a browser, JSON to others."""
    if isinstance(sys.exception(), (*DATABASE_AWAY, Unavailable)):
        response = unavailable(request)
        response["Retry-After"] = str(Unavailable.wait)
        return response
    if wants_page(request):
        return server_error_page(request)
    return error_body(request, 500, {"detail": "A server error occurred."})


def unavailable(request: HttpRequest) -> HttpResponse:
    if wants_page(request):
        # Without the request: its user would be looked up in the database.
        return HttpResponse(render_to_string("core/unavailable.html"), status=503)
    return error_body(request, 503, {"detail": Unavailable.message, "code": Unavailable.code})


def wants_page(request: HttpRequest) -> bool:
    return "text/html" in request.headers.get("Accept", "")


def error_body(request: HttpRequest, status_code: int, body: dict[str, Any]) -> HttpResponse:
    if accepts_problem(request):
        body = problem(status_code, body)
        return JsonResponse(body, status=status_code, content_type=PROBLEM_JSON)
    return JsonResponse(body, status=status_code)
