"""What follows from a view by itself: who may call it, and how it refuses."""

from copy import deepcopy
from types import SimpleNamespace
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, get_doc
from rest_framework.permissions import SAFE_METHODS, BasePermission

from ..limits.throttles import RateThrottle, is_rated
from ..pages.pagination import LinkHeaderPagination
from . import refusals
from .refusals import Body, RefusalResponse
from .resources import Resource

LINK_HEADER = {
    "description": 'The neighbouring pages: `<...>; rel="next"`, `<...>; rel="prev"` (RFC 8288).',
    "schema": {"type": "string"},
}


class ShopSchema(AutoSchema):
    """Names each operation, says who may call it, and lists how it refuses."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        responses = operation["responses"]
        for status, refusal in self.refusals(operation).items():
            responses.setdefault(status, self.refusal_ref(refusal))
        operation["responses"] = dict(sorted(responses.items()))
        if isinstance(self._get_paginator(), LinkHeaderPagination) and self._is_list_view():
            responses["200"]["headers"] = {"Link": LINK_HEADER}
        return operation

    def get_tags(self) -> list[str]:
        return [self.resource.tag] if self.resource else super().get_tags()

    def get_summary(self) -> str | None:
        if doc := self.action_doc():
            return doc.split("; ")[0].rstrip(".")
        return self.resource.summary(self.action) if self.resource else None

    def get_description(self, *args: str) -> str:
        doc = self.action_doc()
        return doc if doc.rstrip(".") != self.get_summary() else ""

    def get_auth(self) -> list[dict[str, Any]]:
        auth = [requirement for requirement in super().get_auth() if requirement]
        return [*auth, {}] if self.allows(AnonymousUser()) else auth

    def get_paginated_name(self, serializer_name: str) -> str:
        if isinstance(self._get_paginator(), LinkHeaderPagination):
            return f"{serializer_name}List"
        return super().get_paginated_name(serializer_name)

    @property
    def resource(self) -> Resource | None:
        return getattr(self.view, "schema_resource", None)

    @property
    def action(self) -> str:
        return getattr(self.view, "action", None) or self.method.lower()

    def action_doc(self) -> str:
        return get_doc(getattr(self.view, self.action, None))

    def allows(self, user: Any) -> bool:
        """Tell whether the view lets this user in, as far as that depends on no row."""
        request: Any = SimpleNamespace(method=self.method, user=user)
        return all(
            permission.has_permission(request, self.view)
            and (user.is_authenticated or not self.changes_own_rows(permission))
            for permission in self.view.get_permissions()
        )

    def changes_own_rows(self, permission: Any) -> bool:
        """Tell whether the permission looks at whose row it is before a change."""
        looks = type(permission).has_object_permission is not BasePermission.has_object_permission
        return looks and self.path.endswith("id}/") and self.method not in SAFE_METHODS

    def refusals(self, operation: dict[str, Any]) -> dict[str, RefusalResponse]:
        """Return by status how any view like this one refuses; the rest its decorator says."""
        permissions = self.view.get_permissions()
        conditions = {
            "400": "requestBody" in operation or self.get_filter_backends(),
            # What makes a refusal a 401; a bad token is refused even where none is needed.
            "401": self.view.get_authenticate_header(self.view.request),
            "403": not self.allows(get_user_model()())
            or any(map(self.changes_own_rows, permissions)),
            "404": "{" in self.path or (self._is_list_view() and self._get_paginator()),
            "429": self.is_throttled(),
        }
        return {status: DERIVED[status] for status, refuses in conditions.items() if refuses}

    def is_throttled(self) -> bool:
        """Tell whether the view counts requests by this method."""
        throttles = self.view.get_throttles()
        return any(
            is_rated(self.method, self.view) if isinstance(each, RateThrottle) else True
            for each in throttles
        )

    def refusal_ref(self, refusal: RefusalResponse) -> dict[str, str]:
        """Register the refusal, once for all operations, and return a reference to it."""
        bodies = [self.body_ref(body) for body in refusal.bodies]
        content = {
            "application/json": {"schema": bodies[0] if len(bodies) == 1 else {"anyOf": bodies}},
            "application/problem+json": {"schema": self.body_ref(refusals.PROBLEM)},
        }
        response = {"description": refusal.description, "content": content}
        if refusal.headers:
            response["headers"] = refusal.headers
        return self.register(refusal.name, ResolvedComponent.RESPONSE, response)

    def body_ref(self, body: Body) -> dict[str, str]:
        # A copy: the hooks that name the enumerations replace them in place.
        return self.register(body.name, ResolvedComponent.SCHEMA, deepcopy(body.schema))

    def register(self, name: str, kind: str, schema: dict[str, Any]) -> dict[str, str]:
        component = ResolvedComponent(name=name, type=kind, schema=schema, object=name)
        self.registry.register_on_missing(component)
        return component.ref

    def _get_response_for_code(self, serializer: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        if isinstance(serializer, RefusalResponse):
            return self.refusal_ref(serializer)
        return super()._get_response_for_code(serializer, *args, **kwargs)

    def _get_request_body(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        # The parent class knows no DELETE with a body; here one has it where its decorator says so.
        request = self.get_request_serializer() if self.method == "DELETE" else None
        if isinstance(request, dict):
            content = {media_type: {"schema": schema} for media_type, schema in request.items()}
            return {"content": content, "required": True}
        return super()._get_request_body(*args, **kwargs)


DERIVED = {
    "400": refusals.BAD_REQUEST,
    "401": refusals.UNAUTHORIZED,
    "403": refusals.FORBIDDEN,
    "404": refusals.NOT_FOUND,
    "429": refusals.TOO_MANY_REQUESTS,
}


def convert_nullable(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Say as OpenAPI 3.1 does what DRF's paginator says as 3.0 did: a link may be null."""
    for schema in result["components"]["schemas"].values():
        for part in schema.get("properties", {}).values():
            if part.pop("nullable", False):
                part["type"] = [part["type"], "null"]
    return result


def drop_left_out(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Require no property that its serializer leaves out of some bodies, which it marks `x-left-out`."""
    for schema in result["components"]["schemas"].values():
        parts = schema.get("properties", {})
        left_out = [name for name, part in parts.items() if part.pop("x-left-out", False)]
        if required := schema.get("required"):
            schema["required"] = [name for name in required if name not in left_out]
    return result
