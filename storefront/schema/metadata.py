from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework.exceptions import APIException
from rest_framework.metadata import SimpleMetadata
from rest_framework.request import Request, clone_request

# Those whose body has fields.
WRITES = ("POST", "PUT", "PATCH")


class ShopMetadata(SimpleMetadata):
    """What OPTIONS tells: of each write the fields that it takes, to those who may do it."""

    def determine_actions(self, request: Request, view: Any) -> dict[str, Any]:
        actions = {}
        for method in (each for each in WRITES if each in view.allowed_methods):
            with acting(view, method):
                if may_write(view):
                    actions[method] = self.get_serializer_info(view.get_serializer())
        return actions


@contextmanager
def acting(view: Any, method: str) -> Iterator[None]:
    """Make a view believe that it is asked with this method, on which its permissions and fields depend."""
    request, action = view.request, getattr(view, "action", None)
    view.request = clone_request(request, method)
    view.action = getattr(view, "action_map", {}).get(method.lower())
    try:
        yield
    finally:
        view.request, view.action = request, action


def may_write(view: Any) -> bool:
    try:
        view.check_permissions(view.request)
        # A view of the user's own row knows it without a key in the address.
        is_row = (view.lookup_url_kwarg or view.lookup_field) in view.kwargs
        if is_row and view.request.method != "POST":
            view.get_object()
    except (APIException, PermissionDenied, Http404):
        return False
    return True
