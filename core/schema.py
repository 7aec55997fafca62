"""What the API's OpenAPI document says beyond what the views tell by themselves."""

from types import SimpleNamespace
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiViewExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, get_doc
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.permissions import SAFE_METHODS, BasePermission

from storefront.pages.pagination import LinkHeaderPagination

from . import schema_texts as texts

LINK_HEADER = {
    "description": 'The neighbouring pages: `<...>; rel="next"`, `<...>; rel="prev"` (RFC 8288).',
    "schema": {"type": "string"},
}


class JWTScheme(OpenApiAuthenticationExtension):
    """Describes the Authorization header of the shop, whose first word is JWT (or Bearer)."""

    target_class = "core.authentication.ShopJWTAuthentication"
    name = "jwt"
    priority = 1

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`JWT <access token>`; `Bearer <access token>` is accepted too, "
            "both words in any case of letters.",
        }


class AccountsExtension(OpenApiViewExtension):
    """Describes the account actions that djoser leaves without a word."""

    target_class = "core.views.accounts.UserViewSet"

    def view_replacement(self) -> type:
        # While the schema is made the name in target_class has become the class.
        view: Any = self.target_class
        described = {
            action: extend_schema(summary=summary, responses={204: None})
            for action, summary in texts.ACCOUNT_ACTIONS.items()
        }
        return extend_schema_view(**described)(type("Accounts", (view,), {}))


class ShopSchema(AutoSchema):
    """Names each operation, says who may call it, and lists how it refuses."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        if self.route in texts.DELETED_WITH_PASSWORD:
            operation["requestBody"] = texts.CURRENT_PASSWORD
        responses = operation["responses"]
        for status in self.refusals(operation):
            responses.setdefault(status, self.refusal_ref(status))
        operation["responses"] = dict(sorted(responses.items()))
        if isinstance(self._get_paginator(), LinkHeaderPagination) and self._is_list_view():
            responses["200"]["headers"] = {"Link": LINK_HEADER}
        return operation

    def get_tags(self) -> list[str]:
        return [self.resource.tag]

    def get_summary(self) -> str:
        if self.route in texts.SUMMARIES:
            return texts.SUMMARIES[self.route]
        if doc := self.action_doc():
            return doc.split("; ")[0].rstrip(".")
        verb = texts.VERBS[getattr(self.view, "action", None) or self.method.lower()]
        return verb.format(one=self.resource.one, many=self.resource.many)

    def get_description(self, *args: str) -> str:
        doc = self.action_doc()
        return texts.DESCRIPTIONS.get(self.route) or (
            doc if doc.rstrip(".") != self.get_summary() else ""
        )

    def get_auth(self) -> list[dict[str, Any]]:
        auth = [requirement for requirement in super().get_auth() if requirement]
        return [*auth, {}] if self.allows(AnonymousUser()) else auth

    def get_paginated_name(self, serializer_name: str) -> str:
        if isinstance(self._get_paginator(), LinkHeaderPagination):
            return f"{serializer_name}List"
        return super().get_paginated_name(serializer_name)

    @property
    def route(self) -> tuple[str, str]:
        return self.method, self.path

    @property
    def resource(self) -> texts.Resource:
        known = (found for prefix, found in texts.RESOURCES if self.path.startswith(prefix))
        return next(known, None) or texts.resource_named_by(self.path)

    def action_doc(self) -> str:
        """Return the docstring of the action if it is ours: those of libraries speak of themselves."""
        name = getattr(self.view, "action", None) or self.method.lower()
        action = getattr(self.view, name, None)
        ours = getattr(action, "__module__", "").split(".")[0] in texts.OUR_APPS
        return get_doc(action) if ours else ""

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

    def refusals(self, operation: dict[str, Any]) -> list[str]:
        permissions = self.view.get_permissions()
        # Throttles are chosen per request; the scope stands once they are asked for.
        self.view.get_throttles()
        conditions = {
            "400": "requestBody" in operation
            or self.route in texts.BAD_REQUESTS
            or self.get_filter_backends()
            or getattr(self.view, "query_class", None),
            # A bad token is refused even where none is needed.
            "401": self.route not in texts.SIGNED,
            "403": not self.allows(get_user_model()())
            or any(map(self.changes_own_rows, permissions)),
            "404": "{" in self.path
            or (self._is_list_view() and self._get_paginator())
            or self.route in texts.NOT_FOUND,
            "405": self.route in texts.NOT_DELETABLE,
            "409": self.route in texts.CONFLICTS,
            "422": self.route in texts.KEYED,
            "429": getattr(self.view, "throttle_scope", None),
            "503": self.route in texts.ASKS_GATEWAY,
        }
        return [status for status, refuses in conditions.items() if refuses]

    def refusal_ref(self, status: str) -> dict[str, str]:
        """Register the refusal, once for all operations, and return a reference to it."""
        name = texts.CONFLICTS.get(self.route, "Conflict") if status == "409" else None
        refusal = texts.REFUSALS[name or status]
        bodies = [self.schema_ref(schema) for schema in refusal.schemas]
        content = {
            "application/json": {"schema": bodies[0] if len(bodies) == 1 else {"anyOf": bodies}},
            "application/problem+json": {"schema": self.schema_ref("Problem")},
        }
        response = {"description": refusal.description, "content": content}
        return self.register(refusal.name, ResolvedComponent.RESPONSE, response)

    def schema_ref(self, name: str) -> dict[str, str]:
        return self.register(name, ResolvedComponent.SCHEMA, texts.SCHEMAS[name])

    def register(self, name: str, kind: str, schema: dict[str, Any]) -> dict[str, str]:
        component = ResolvedComponent(name=name, type=kind, schema=schema, object=name)
        self.registry.register_on_missing(component)
        return component.ref


def describe_tags(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Say once what each group of operations is about, in the order of reading."""
    described = {resource.tag: resource.description for _, resource in texts.RESOURCES}
    result["tags"] = [{"name": tag, "description": described[tag]} for tag in texts.TAG_ORDER]
    return result


def spell_null(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Say as OpenAPI 3.1 does what DRF's paginator says as 3.0 did: a link may be null."""
    for schema in result["components"]["schemas"].values():
        for part in schema.get("properties", {}).values():
            if part.pop("nullable", False):
                part["type"] = [part["type"], "null"]
    return result
