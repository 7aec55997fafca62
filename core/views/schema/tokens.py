from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer

from ...serializers.tokens import SignInSerializer


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


def token_schema(**words: Any) -> Any:
    return extend_schema_view(post=extend_schema(tags=["tokens"], **words))


sign_in_schema = token_schema(
    summary="Sign in",
    description="Send the access token along as `Authorization: JWT <access token>`. An account with a second factor needs "
    "its code as `otp`, of the app or a recovery code: else 401 `otp_required`, once the password is right.",
    request=SignInSerializer,
    # Which drf-spectacular knows how to describe, and of its children nothing.
    responses=TokenObtainPairSerializer,
)
refresh_schema = token_schema(
    summary="Get a new access token",
    description="With `ROTATE_REFRESH_TOKENS` the answer brings the next refresh token too, and the one that was sent "
    "is valid for ten seconds more; who sends it later ends the session.",
)
verify_schema = token_schema(summary="Check a token")
sign_out_schema = token_schema(
    summary="Sign out", description="No token of this sign-in works any more."
)
sign_out_everywhere_schema = token_schema(
    summary="Sign out everywhere", request=None, responses={204: None}
)
