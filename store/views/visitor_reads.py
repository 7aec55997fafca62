"""Reads of the catalogue by visitors, in JSON: most of a shop's requests, and alike for all who send them."""

from collections.abc import Hashable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import Error
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import APIException
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response

from ..models.freshness import catalog_state
from .answers import Answer
from .catalog_memory import CatalogMemory, current_memory

# What of Accept asks for the first renderer as it is.
JSON_OR_ANY = {"application/json", "application/problem+json", "text/plain", "*/*"}


class VisitorReads(GenericAPIView):
    """Answers visitors from what the process keeps; all others, refusals and errors stay the view's."""

    action_map: dict[str, str]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.is_plain_read(request):
            # The view meets the same error again, and knows what to say.
            with suppress(Error, APIException):
                if answer := self.visitor_answer(request):
                    return answer.response()
        return super().dispatch(request, *args, **kwargs)

    def is_plain_read(self, request: HttpRequest) -> bool:
        sent = request.META
        return (
            request.method in ("GET", "HEAD")
            and "HTTP_AUTHORIZATION" not in sent
            and JSON_OR_ANY.issuperset(sent.get("HTTP_ACCEPT", "*/*").replace(" ", "").split(","))
            and settings.SESSION_COOKIE_NAME not in request.COOKIES
            and "format=" not in sent["QUERY_STRING"]
            # Whom a test has signed in without credentials.
            and getattr(request, "_force_auth_user", None) is None
        )

    def visitor_answer(self, request: HttpRequest) -> Answer | None:
        address = f"{request.scheme}://{request.get_host()}"
        key: Hashable = (address, request.path, request.META["QUERY_STRING"])
        kept = current_memory.answer(key)
        # Before all else that is read, which is thus never older than the state it is kept under.
        state = catalog_state(kept.stock if kept else ())
        memory = current_memory.of(state)
        if kept and kept is memory.answers.get(key) and kept.stock == state.stock:
            return kept
        answer = self.visitor_read(request, memory, address)
        if answer:
            memory.keep(key, answer)
        return answer

    def visitor_read(
        self, request: HttpRequest, memory: CatalogMemory, address: str
    ) -> Answer | None:
        """Return an answer that holds as long as the memory does; None leaves it to the view."""
        response = super().dispatch(request, *self.args, **self.kwargs)
        if not isinstance(response, Response) or response.status_code != 200:
            return None
        headers = {name: response[name] for name in ("Allow", "Link") if name in response}
        return Answer.shared(response.render().content, headers)
