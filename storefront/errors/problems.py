"""Error bodies as problem details (RFC 9457), for clients that ask for them."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

PROBLEM_JSON = "application/problem+json"


def accepts_problem(request: HttpRequest | Request) -> bool:
    """Tell whether the client asks for errors as problem details (RFC 9457)."""
    accepted = request.META.get("HTTP_ACCEPT", "").split(",")
    return any(media.partition(";")[0].strip().lower() == PROBLEM_JSON for media in accepted)


def problem(status_code: int, data: dict[str, Any]) -> dict[str, Any]:
    """Return the problem details (RFC 9457) that say the same as an error body."""
    title = HTTPStatus(status_code).phrase
    fields = dict(data)
    detail = fields.pop("detail", None) or fields.pop("error", None)
    body = {"type": "about:blank", "title": title, "status": status_code}
    if detail:
        return {**body, "detail": detail, **fields}
    code = {"code": fields.pop("code")} if "code" in fields else {}
    return {**body, "detail": "The request has errors in its fields.", **code, "errors": fields}
