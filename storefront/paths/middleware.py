"""Addresses of the API: without their closing slash, with the suffix of a format, of what was made, and none."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import is_valid_path
from django.utils.http import escape_leading_slashes
from rest_framework.response import Response

from storefront.errors.negotiation import JSON_SUFFIXES
from storefront.errors.views import PAGE, not_found, wants_page

from .locations import set_location

CREATED = 201
# The parts of the API, as paths begin.
API = ("store", "auth", "tags", "likes")
API_PATH = re.compile(rf"/(?:{'|'.join(API)})(?:[/.]|\Z)")


class PathMiddleware:
    """Finds the endpoint that an address of the API means, and tells programs in JSON of what is not there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        is_whole = path.endswith("/") and not path.endswith(JSON_SUFFIXES)
        is_read = request.method in ("GET", "HEAD")
        response = None
        # Elsewhere Django redirects reads to the slash, and loses the bodies of writes.
        if not is_whole and (API_PATH.match(path) or not (is_read or is_valid_path(path))):
            response = resolve_path(request)
        response = response or self.get_response(request)
        if response.status_code == CREATED:
            set_location(request, response)
        return in_accepted_format(request, response)


def resolve_path(request: HttpRequest) -> HttpResponse | None:
    """Set the path of the endpoint that is meant, or return the redirect to it."""
    path = request.path_info
    if path.endswith(JSON_SUFFIXES):
        # The path itself stays: links to other pages have the suffix, too, and it is part of the cache key.
        request.path_info = endpoint_path(path.rpartition(".")[0]) or path
    elif whole := endpoint_path(path):
        if request.method in ("GET", "HEAD"):
            with_slash = request.get_full_path(force_append_slash=True)
            return HttpResponsePermanentRedirect(escape_leading_slashes(with_slash))
        # A redirect would lose the body.
        request.path_info = whole
        request.path += "/"
    return None


def endpoint_path(stem: str) -> str:
    """Return the path with its closing slash if it is that of an endpoint, else nothing."""
    path = stem if stem.endswith("/") else f"{stem}/"
    return path if is_valid_path(path) else ""


def in_accepted_format(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Put JSON in place of a page that says, for people, that nothing is there."""
    is_page = response.status_code == 404 and response["Content-Type"].startswith(PAGE)
    # Django REST framework has asked the client already.
    if is_page and not isinstance(response, Response) and not wants_page(request):
        body = not_found(request)
        response.content = body.content
        response["Content-Type"] = body["Content-Type"]
        response["Content-Length"] = str(len(body.content))
    return response
