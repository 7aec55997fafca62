"""Answers that are kept as bytes, for whoever asks next."""

import json
from collections.abc import Mapping
from decimal import Decimal
from hashlib import blake2b
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.urls import ResolverMatch
from django.utils.functional import cached_property

# A cache may store it, and must ask each time whether it still holds.
SHARED = {"Cache-Control": "public, no-cache", "Vary": "Accept, Authorization, Cookie"}


# Bytes, as measured, with the headers of its responses.
OVERHEAD = 2200


class AnswerResponse(HttpResponse):
    """A body that was spelled already."""

    @cached_property
    def data(self) -> Any:
        """What the body says, as on every other response of the API: money is Decimal."""
        return json.loads(self.content, parse_float=Decimal, object_hook=with_float_discount)


def with_float_discount(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "discount": float(row["discount"])} if "discount" in row else row


class Answer(NamedTuple):
    body: bytes
    headers: Mapping[str, str]
    # By product id; what it shows of the catalogue beside this changes with the stamps.
    stock: Mapping[int, int]
    keeps: bool
    # By status: the headers of a response, all of them, with which it was given to somebody.
    sent: dict[int, list[tuple[str, str]]]
    # The route that it answers.
    match: ResolverMatch | None = None

    @property
    def size(self) -> int:
        """Bytes of memory that it takes, with its headers and the key it is kept under."""
        return len(self.body) + OVERHEAD

    @classmethod
    def shared(
        cls,
        body: bytes,
        headers: Mapping[str, str],
        stock: Mapping[int, int] | None = None,
        *,
        keeps: bool = True,
    ) -> "Answer":
        """Return the answer of everybody who sends no credentials."""
        etag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
        known = {"ETag": etag, "Content-Length": str(len(body))}
        return cls(body, {**headers, **SHARED, **known}, stock or {}, keeps, sent={})

    def response(self) -> AnswerResponse:
        response = AnswerResponse(self.body, content_type="application/json")
        for name, value in self.headers.items():
            response[name] = value
        return response
