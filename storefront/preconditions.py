"""Writes that hold only while a row is as its reader saw it (If-Match, RFC 9110)."""

from collections.abc import Callable
from copy import copy
from hashlib import blake2b, md5
from typing import Any

from django.conf import settings
from django.utils.http import parse_etags, quote_etag
from django.utils.module_loading import import_string
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request

from .errors.exceptions import PreconditionFailed


class PreconditionsMixin(GenericAPIView):
    """Refuses a write whose `If-Match` names no ETag that a GET of the row would be answered with now (412).

    Who may write, and what, is checked before, as without it: a password that is wrong counts as tried.
    """

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        for name in ("perform_update", "perform_destroy"):
            if hasattr(self, name):
                setattr(self, name, self.if_unchanged(getattr(self, name)))

    def if_unchanged(self, write: Callable[..., Any]) -> Callable[..., Any]:
        """Return what writes only while the row is as `If-Match` says, and raises PreconditionFailed else."""
        expected = self.request.headers.get("If-Match")
        action, row = self.expected_row()
        if expected is None or not row or self.queryset is None:
            return write
        rows = self.queryset.model._base_manager.select_for_update().filter(**row)

        def write_unchanged(*args: Any) -> Any:
            # Before anything is read: of two that expect the same state one waits here, and is refused.
            if not list(rows.all()) or not self.is_as_expected(expected, action):
                raise PreconditionFailed
            return write(*args)

        retrying: Callable[..., Any] = import_string(settings.RETRYING_TRANSACTION)
        written: Callable[..., Any] = retrying(write_unchanged)
        return written

    def expected_row(self) -> tuple[str, dict[str, Any]]:
        """Return the action that reads the row of a request, and what the row is found by; nothing where none is named."""
        lookup = self.kwargs.get(self.lookup_url_kwarg or self.lookup_field)
        return "retrieve", {} if lookup is None else {self.lookup_field: lookup}

    def is_as_expected(self, expected: str, action: str) -> bool:
        # A proxy that compresses makes a tag weak; it is of the content all the same.
        named = {tag.removeprefix("W/") for tag in parse_etags(expected)}
        if "*" in named:
            return True
        reading: Any = copy(self.request._request)
        reading.method = "GET"
        viewset: Any = type(self)
        own = getattr(getattr(viewset, action), "kwargs", {})
        response = viewset.as_view({"get": action}, **own)(reading, **self.kwargs)
        # Who may not read a row has no tag of it.
        is_read = response.status_code == status.HTTP_200_OK
        return is_read and not named.isdisjoint(etags_of(response.render().content))


def etags_of(content: bytes) -> set[str]:
    """Return the tags that responses with this content carry: of Django, and of the catalogue's cache."""
    return {
        quote_etag(md5(content, usedforsecurity=False).hexdigest()),
        quote_etag(blake2b(content, digest_size=16).hexdigest()),
    }
