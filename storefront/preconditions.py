"""Writes that hold only while a row is as its reader saw it (If-Match, RFC 9110)."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from hashlib import blake2b, md5
from typing import Any

from django.db import transaction
from django.utils.http import parse_etags, quote_etag
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from .errors.exceptions import PreconditionFailed


class PreconditionsMixin(GenericAPIView):
    """Refuses a DELETE whose `If-Match` names no ETag that a GET would be answered with now."""

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        parent: Any = super()
        with self.unchanged(request):
            return parent.destroy(request, *args, **kwargs)

    @contextmanager
    def unchanged(self, request: Request) -> Iterator[None]:
        """Keep the row of a request as `If-Match` says it is until it is written; raises PreconditionFailed."""
        expected = request.headers.get("If-Match")
        reading, row = self.expected_row()
        if expected is None or not row or self.queryset is None:
            yield
            return
        with transaction.atomic():
            # Before anything is read: of two that expect the same state one waits here, and is refused.
            list(self.queryset.model._base_manager.select_for_update().filter(**row))
            if not self.is_as_expected(request, expected, reading):
                raise PreconditionFailed
            yield

    def expected_row(self) -> tuple[str, dict[str, Any]]:
        """Return the action that reads the row of a request, and what the row is found by; nothing where none is named."""
        lookup = self.kwargs.get(self.lookup_url_kwarg or self.lookup_field)
        return "retrieve", {} if lookup is None else {self.lookup_field: lookup}

    def is_as_expected(self, request: Request, expected: str, action: str) -> bool:
        reading: Any = copy(request._request)
        reading.method = "GET"
        viewset: Any = type(self)
        own = getattr(getattr(viewset, action), "kwargs", {})
        response = viewset.as_view({"get": action}, **own)(reading, **self.kwargs)
        if response.status_code != 200:
            # What is not there, or not theirs to read, the write itself refuses.
            return response.status_code in (401, 403, 404)
        # A proxy that compresses makes a tag weak; it is of the content all the same.
        named = {tag.removeprefix("W/") for tag in parse_etags(expected)}
        return "*" in named or not named.isdisjoint(etags_of(response.render().content))


def etags_of(content: bytes) -> set[str]:
    """Return the tags that responses with this content carry: of Django, and of the catalogue's cache."""
    return {
        quote_etag(md5(content, usedforsecurity=False).hexdigest()),
        quote_etag(blake2b(content, digest_size=16).hexdigest()),
    }
