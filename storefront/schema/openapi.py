"""What follows from a view by itself: who may call it, and how it refuses."""

import re
from collections.abc import Iterable
from typing import Any

from drf_spectacular.drainage import get_override
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import force_instance, get_doc
from rest_framework import serializers
from rest_framework.filters import OrderingFilter
from rest_framework.permissions import SAFE_METHODS

from ..character_sets import CharacterRefused
from ..errors.exceptions import PreconditionFailed, Unavailable, ValueDoesNotFit
from ..generics import PatchMixin
from ..limits.throttles import RateThrottle, is_rated
from ..pages.pagination import LinkHeaderPagination
from ..preconditions import PreconditionsMixin
from ..sequences import SequenceBehind
from . import refusals
from .access import Access
from .headers import ETAG, IF_MATCH, LINK, LOCATION, NOT_MODIFIED, RATE_LIMITS
from .refusals import Kind, Refusals, kind_of
from .resources import Resource
from .responses import Components, shared_name
from .validation import errors_of, errors_of_names

UNSTORABLE = Kind(
    "Unstorable",
    *(ValueDoesNotFit(), CharacterRefused()),
    description="The database cannot store a value.",
)
SUCCESSES = ("200", "201", "204")
# What these parameters cannot find is a 404, and what cannot be read of them means nothing.
UNNAMED = {"page", "page_size", "start", "ordering", "format"}


class ShopSchema(AutoSchema):
    """Names each operation, says who may call it, and lists how it refuses."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        self.describe_ordering(operation)
        own = operation.get("description", "")
        operation["description"] = "\n\n".join(filter(None, [own, self.access.sentence]))
        responses = operation["responses"]
        declared = {
            int(status): response.pop("x-refusals")
            for status, response in responses.items()
            if "x-refusals" in response
        }
        self.add_headers(responses)
        if self.is_conditional():
            operation.setdefault("parameters", []).append(IF_MATCH)
        for status, kinds in self.refusals(operation, declared).items():
            responses[str(status)] = self.refusal(operation, status, kinds)
        operation["responses"] = dict(sorted(responses.items()))
        return operation

    def get_tags(self) -> list[str]:
        return [self.resource.tag] if self.resource else super().get_tags()

    def get_summary(self) -> str | None:
        if doc := self.action_doc():
            return doc.split("; ")[0].split(".\n")[0].rstrip(".")
        return self.resource.summary(self.action) if self.resource else None

    def get_description(self, *args: str) -> str:
        doc = self.action_doc()
        return doc if doc.rstrip(".") != self.get_summary() else ""

    def get_auth(self) -> list[dict[str, Any]]:
        auth = [requirement for requirement in super().get_auth() if requirement]
        return [*auth, {}] if self.access.is_public else auth

    def get_paginated_name(self, serializer_name: str) -> str:
        if isinstance(self._get_paginator(), LinkHeaderPagination):
            return f"{serializer_name}List"
        return super().get_paginated_name(serializer_name)

    @property
    def resource(self) -> Resource | None:
        return getattr(self.view, "schema_resource", None)

    @property
    def access(self) -> Access:
        return Access(self.view, self.method, self.path)

    @property
    def components(self) -> Components:
        return Components(self.registry)

    @property
    def action(self) -> str:
        return getattr(self.view, "action", None) or self.method.lower()

    def action_doc(self) -> str:
        return get_doc(getattr(self.view, self.action, None))

    def describe_ordering(self, operation: dict[str, Any]) -> None:
        """Name the fields by which a list is ordered."""
        filters = [each for each in self.get_filter_backends() if issubclass(each, OrderingFilter)]
        for parameter in operation.get("parameters", []) if filters else []:
            if parameter["name"] == filters[0].ordering_param:
                fields: Any = getattr(self.view, "ordering_fields", ())
                words = [sign + name for name in fields for sign in ("", "-")]
                parameter["schema"] = {"type": "string", "enum": words}
                parameter["description"] = "`-` is descending; several are separated by commas."

    def add_headers(self, responses: dict[str, Any]) -> None:
        """Declare the headers that successes of every view have."""
        is_paged = self.is_paged() and isinstance(self._get_paginator(), LinkHeaderPagination)
        if "200" in responses and self.method == "GET":
            self.add_header(responses["200"], "ETag", ETAG)
            not_modified = self.components.register("responses", "NotModified", NOT_MODIFIED)
            responses["304"] = not_modified
            if is_paged:
                self.add_header(responses["200"], "Link", LINK)
        if "201" in responses:
            self.add_header(responses["201"], "Location", LOCATION)
        for status in [each for each in responses if each in SUCCESSES and self.tells_rate()]:
            for name, header in RATE_LIMITS.items():
                self.add_header(responses[status], name, header)

    def add_header(self, response: dict[str, Any], name: str, header: dict[str, Any]) -> None:
        reference = self.components.register("headers", name, header)
        response.setdefault("headers", {})[name] = reference

    def refusals(
        self, operation: dict[str, Any], declared: dict[int, tuple[Kind, ...]]
    ) -> dict[int, tuple[Kind, ...]]:
        """Return by status how the operation refuses: by its view, and by what its decorator says."""
        found: dict[int, tuple[Kind, ...]] = {400: ()} if self.takes(operation) else {}
        for kind, refuses in self.derived(operation).items():
            if refuses:
                found[kind.status] = (*found.get(kind.status, ()), kind)
        for status, kinds in declared.items():
            found[status] = (*found.get(status, ()), *kinds)
        return found

    def takes(self, operation: dict[str, Any]) -> bool:
        """Tell whether there is anything in a request that may be wrong."""
        return "requestBody" in operation or bool(self.query_names(operation))

    def derived(self, operation: dict[str, Any]) -> dict[Kind, Any]:
        """Return how any view like this one refuses, each with whether it does."""
        writes, has_body = self.method not in SAFE_METHODS, "requestBody" in operation
        stores = writes and getattr(self.view, "queryset", None) is not None
        knows_users, access = bool(self.view.get_authenticators()), self.access
        return {
            refusals.MALFORMED: has_body,
            UNSTORABLE: stores and has_body,
            refusals.NOT_AUTHENTICATED: knows_users and not access.is_public,
            refusals.PERMISSION_DENIED: knows_users and (access.refuses_customers or writes),
            # A bad token is refused even where none is needed.
            **dict.fromkeys(self.token_refusals(), True),
            **dict.fromkeys(map(kind_of, getattr(self.view, "schema_refusals", ())), writes),
            # Of an unknown `format`, too.
            refusals.NOT_FOUND: "{" in self.path or self.is_paged() or self.has_formats(),
            refusals.NOT_ACCEPTABLE: True,
            refusals.CONFLICT: stores,
            kind_of(SequenceBehind): stores and self.method == "POST",
            kind_of(PreconditionFailed): self.is_conditional(),
            refusals.TOO_LARGE: has_body,
            refusals.UNSUPPORTED: has_body,
            refusals.TOO_MANY_REQUESTS: self.is_throttled(),
            kind_of(Unavailable): True,
        }

    def token_refusals(self) -> list[Kind]:
        """Return how those are refused whom the view's authentication does not know, or not well enough."""
        schemes = [
            OpenApiAuthenticationExtension.get_match(each)
            for each in self.view.get_authenticators()
        ]
        return [
            kind
            for scheme in filter(None, schemes)
            for kind in getattr(scheme, "refuses_with", lambda view: ())(self.view)
        ]

    def is_paged(self) -> bool:
        return bool(self._is_list_view() and self._get_paginator())

    def is_conditional(self) -> bool:
        """Tell whether a write may say what it expects to find."""
        is_written = self.method in ("PUT", "PATCH", "DELETE")
        is_of_row = self.path.endswith(("id}/", "/me/"))
        return is_written and is_of_row and isinstance(self.view, PreconditionsMixin)

    def has_formats(self) -> bool:
        """Tell whether a parameter chooses the media type of the response."""
        return len({each.format for each in self.view.get_renderers()} - {"api"}) > 1

    def query_names(self, operation: dict[str, Any]) -> list[str]:
        """Return the parameters that are refused by name."""
        parameters = operation.get("parameters", [])
        return [
            each["name"]
            for each in parameters
            if each["in"] == "query" and each["name"] not in UNNAMED
        ]

    def is_throttled(self) -> bool:
        """Tell whether the view counts requests by this method."""
        others = [each for each in self.view.get_throttles() if not isinstance(each, RateThrottle)]
        return bool(others) or self.tells_rate()

    def tells_rate(self) -> bool:
        """Tell whether responses say what is left of a rate."""
        rates = [each for each in self.view.get_throttles() if isinstance(each, RateThrottle)]
        return bool(rates) and is_rated(self.method, self.view)

    def refusal(
        self, operation: dict[str, Any], status: int, kinds: tuple[Kind, ...]
    ) -> dict[str, Any]:
        errors = self.errors(operation) if status == 400 else None
        name = None if errors else shared_name(kinds)
        return (
            self.components.shared(name, kinds) if name else self.components.response(kinds, errors)
        )

    def errors(self, operation: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
        """Return the name and the schema of what is told of the fields of a request, if there are any."""
        request = self.get_request_serializer() if "requestBody" in operation else None
        if isinstance(request, dict):
            request = next(iter(request.values()))
        serializer = force_instance(request)
        if isinstance(serializer, serializers.Serializer):
            is_patch = self.method == "PATCH" and isinstance(self.view, PatchMixin)
            own_name = type(serializer).__name__.removesuffix("Serializer")
            name = get_override(serializer, "component_name", own_name)
            elsewhere = getattr(self.view, "fields_changed_elsewhere", ()) if is_patch else ()
            schema = errors_of(serializer, is_patch=is_patch, elsewhere=elsewhere)
            return f"{'Patched' if is_patch else ''}{name}Errors", schema
        return self.named_errors(self.query_names(operation))

    def named_errors(self, names: Iterable[str]) -> tuple[str, dict[str, Any]] | None:
        words = re.split(r"\W|_", self.get_operation_id())
        return (
            (f"{''.join(map(str.title, words))}Errors", errors_of_names(names)) if names else None
        )

    def _get_response_for_code(self, serializer: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        if isinstance(serializer, Refusals):
            return {"x-refusals": serializer.kinds}
        return super()._get_response_for_code(serializer, *args, **kwargs)

    def _get_request_body(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        # The parent class knows no DELETE with a body; here one has it where its decorator says so.
        request = self.get_request_serializer() if self.method == "DELETE" else None
        if isinstance(request, dict):
            content = {
                media_type: {"schema": self._get_request_for_media_type(serializer)[0]}
                for media_type, serializer in request.items()
            }
            return {"content": content, "required": True}
        return super()._get_request_body(*args, **kwargs)
