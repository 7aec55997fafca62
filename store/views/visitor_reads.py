"""Reads of the catalogue by visitors, in JSON: most of a shop's requests, and alike for all who send them."""

from collections.abc import Hashable
from contextlib import suppress
from typing import Any
from urllib.parse import unquote_plus

from django.conf import settings
from django.db import Error
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch
from rest_framework.exceptions import APIException
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response

from ..models.freshness import catalog_state
from ..serializers.product_rows import links_last
from .answers import Answer
from .catalog_memory import CatalogMemory, current_memory

# What of Accept asks for the first renderer as it is.
JSON_OR_ANY = {"application/json", "application/problem+json", "text/plain", "*/*"}

# By name.
routes: dict[str, ResolverMatch] = {}


def is_visitor_read(request: HttpRequest) -> bool:
    """Tell whether the answer is everybody's: no credentials, no other format than JSON."""
    sent = request.META
    return (
        request.method in ("GET", "HEAD")
        and "HTTP_AUTHORIZATION" not in sent
        and JSON_OR_ANY.issuperset(sent.get("HTTP_ACCEPT", "*/*").replace(" ", "").split(","))
        and ("HTTP_COOKIE" not in sent or settings.SESSION_COOKIE_NAME not in request.COOKIES)
        and not names_format(sent["QUERY_STRING"])
        # Whom a test has signed in without credentials.
        and getattr(request, "_force_auth_user", None) is None
    )


def names_format(query: str) -> bool:
    """Tell whether a query string may say which form the answer has, in whatever encoding."""
    return "format=" in query or ("%" in query and "format=" in unquote_plus(query))


def kept_answer(request: HttpRequest) -> Answer | None:
    """Return what the process keeps for a request, if the database says that it still holds."""
    memory = current_memory.memory
    answer = answer_in(memory, request)
    return answer if memory and answer and still_holds(memory, answer) else None


def answer_in(memory: CatalogMemory | None, request: HttpRequest) -> Answer | None:
    """Return what a memory has for a request, whether it holds or not."""
    return memory.answers.get(key_of(request)) if memory and is_visitor_read(request) else None


def still_holds(memory: CatalogMemory, answer: Answer) -> bool:
    # With the database away it is the view that says so.
    with suppress(Error):
        state = catalog_state(answer.stock)
        return memory.holds(state) and answer.stock == state.stock
    return False


def key_of(request: HttpRequest) -> Hashable:
    # The host, as links name it.
    return address_of(request), request.path, request.META["QUERY_STRING"]


def address_of(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def route_of(request: HttpRequest) -> ResolverMatch:
    """Return the route of a request, one for all; with the way it was found it is larger than most bodies."""
    found = request.resolver_match
    assert found is not None
    bare = ResolverMatch(
        found.func, (), {}, found.url_name, [*found.app_names], [*found.namespaces], found.route
    )
    return routes.setdefault(found.view_name, bare)


class VisitorReads(GenericAPIView):
    """Makes the answers to visitors to be kept; all others, refusals and errors stay the view's."""

    action_map: dict[str, str]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_visitor_read(request) and self.admits(request):
            # The view meets the same error again, and knows what to say.
            with suppress(Error, APIException):
                if answer := self.visitor_answer(request):
                    return answer.response()
        return super().dispatch(request, *args, **kwargs)

    def admits(self, request: Any) -> bool:
        """Tell whether the view lets visitors read, as all that is kept of it was read."""
        return all(each.has_permission(request, self) for each in self.get_permissions())

    def visitor_answer(self, request: HttpRequest) -> Answer | None:
        # Before all else that is read, which is thus never older than the state it is kept under.
        memory = current_memory.of(catalog_state())
        answer = self.visitor_read(request, memory)
        if answer and answer.keeps:
            memory.answers.put(key_of(request), answer._replace(match=route_of(request)))
        return answer

    def visitor_read(self, request: HttpRequest, memory: CatalogMemory) -> Answer | None:
        """Return an answer that holds as long as the memory does; None leaves it to the view."""
        response = super().dispatch(request, *self.args, **self.kwargs)
        if not isinstance(response, Response) or response.status_code != 200:
            return None
        headers = {name: response[name] for name in ("Allow", "Link") if name in response}
        return Answer.shared(response.render().content, headers, keeps=links_last())
