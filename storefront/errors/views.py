import sys
from math import ceil
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.defaultfilters import pluralize
from django.template.loader import render_to_string
from django.views.defaults import bad_request as bad_request_page
from django.views.defaults import server_error as server_error_page

from storefront.character_sets import CharacterRefused, character_refused

from .exceptions import Unavailable
from .handler import DATABASE_UNAVAILABLE
from .negotiation import suffix_of
from .problems import PROBLEM_JSON, accepts_problem, problem

PAGE = "text/html"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what Django refuses by itself; of a form that is too long, say so."""
    is_too_long = isinstance(exception, TooManyFieldsSent)
    if wants_page(request):
        if not is_too_long:
            return bad_request_page(request, exception or SuspiciousOperation())
        context = {"limit": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS}
        return HttpResponse(
            render_to_string("storefront/too_many_fields.html", context), status=400
        )
    detail = "The form has too many fields." if is_too_long else "Bad request."
    return error_body(request, 400, {"detail": detail})


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer that nothing is at an address: a page to a browser, JSON to others."""
    if wants_page(request):
        return HttpResponse(render_to_string("storefront/not_found.html"), status=404)
    return error_body(request, 404, {"detail": "Not found."})


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an unexpected error, or what is away: a page to a browser, JSON to others."""
    if refused := character_refused(sys.exception()):
        return character_page(request, refused)
    if isinstance(sys.exception(), (*DATABASE_UNAVAILABLE, Unavailable)):
        response = unavailable(request)
        response["Retry-After"] = str(Unavailable.wait)
        return response
    if wants_page(request):
        return server_error_page(request)
    return error_body(request, 500, {"detail": "A server error occurred."})


def character_page(request: HttpRequest, refused: CharacterRefused) -> HttpResponse:
    if wants_page(request):
        page = render_to_string("storefront/character_refused.html", {"detail": refused.detail})
        return HttpResponse(page, status=refused.status_code)
    body = {"detail": refused.detail, "code": refused.code}
    return error_body(request, refused.status_code, body)


def wait_page(request: HttpRequest, refusal: Any) -> HttpResponse:
    """Answer who has to wait, where no view of the API does: a page to a browser, JSON to others."""
    if wants_page(request):
        page = render_to_string("storefront/wait.html", {"detail": words_of_wait(refusal)})
        response = HttpResponse(page, status=refusal.status_code)
    else:
        body = refusal.detail if isinstance(refusal.detail, dict) else {"detail": refusal.detail}
        response = error_body(request, refusal.status_code, body)
    response["Retry-After"] = str(refusal.wait)
    return response


def words_of_wait(refusal: Any) -> str:
    """Tell people how long they have to wait."""
    unit, size = ("minute", 60) if refusal.wait > 90 else ("second", 1)
    number = ceil(refusal.wait / size)
    return f"That was too much at once. Please try again in {number} {unit}{pluralize(number)}."


def unavailable(request: HttpRequest) -> HttpResponse:
    if wants_page(request):
        # Without the request: its user would be looked up in the database.
        return HttpResponse(render_to_string("storefront/unavailable.html"), status=503)
    return error_body(request, 503, {"detail": Unavailable.message, "code": Unavailable.code})


def wants_page(request: HttpRequest) -> bool:
    """Tell whether a page is liked better than JSON, which is what those get who say nothing of it."""
    if suffix_of(request):
        return False
    return request.get_preferred_type(["application/json", PROBLEM_JSON, PAGE]) == PAGE


def error_body(request: HttpRequest, status_code: int, body: dict[str, Any]) -> HttpResponse:
    if accepts_problem(request):
        body = problem(status_code, body)
        return JsonResponse(body, status=status_code, content_type=PROBLEM_JSON)
    return JsonResponse(body, status=status_code)
