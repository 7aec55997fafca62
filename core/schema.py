from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class JWTScheme(OpenApiAuthenticationExtension):
    """Describes the Authorization header of the shop, whose first word is JWT (or Bearer)."""

    target_class = "rest_framework_simplejwt.authentication.JWTAuthentication"
    name = "jwt"
    priority = 1

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`JWT <access token>`; `Bearer <access token>` is accepted too.",
        }
