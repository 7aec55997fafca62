"""The address of what a request has made, in the Location header of its response."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch


def set_location(request: HttpRequest, response: HttpResponse) -> None:
    """Name the address of the row that a 201 shows, unless its view has done so."""
    view = getattr(response, "renderer_context", {}).get("view")
    if view is not None:
        response.headers.setdefault("Location", address_of(view, vars(response)["data"], request))


def address_of(view: Any, shown: Any, request: HttpRequest) -> str:
    if hasattr(view, "reverse_action") and isinstance(shown, Mapping) and "id" in shown:
        key = view.lookup_url_kwarg or view.lookup_field
        try:
            kwargs = {**view.kwargs, key: shown["id"]}
            return str(view.reverse_action("detail", kwargs=kwargs))
        except NoReverseMatch:
            pass
    # The only row of its kind is where it was made.
    return request.build_absolute_uri(request.path)
