from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions
from rest_framework_simplejwt.exceptions import AuthenticationFailed, InvalidToken
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer

from storefront.errors.exceptions import Busy
from storefront.schema.refusals import LEFT_OUT, Kind, kind_of, refused_with

from ...exceptions import CodeNeeded, SecondFactorNeeded, SessionEnded
from ...serializers.tokens import SignInSerializer

INVALID_TOKEN = Kind(
    "InvalidToken",
    InvalidToken(
        {
            "detail": "Given token not valid for any token type",
            "messages": [
                {
                    "token_class": "AccessToken",
                    "token_type": "access",
                    "message": "Token is expired",
                }
            ],
        }
    ),
    # A token in the body of a request.
    InvalidToken("Token is invalid"),
    description="The token is none, or has expired.",
)
TOKEN_REFUSED = Kind(
    "TokenRefused",
    AuthenticationFailed("User not found", "user_not_found"),
    AuthenticationFailed("User is inactive", "user_inactive"),
    AuthenticationFailed("The user's password has been changed.", "password_changed"),
    AuthenticationFailed(
        "Authorization header must contain two space-delimited values", "bad_authorization_header"
    ),
    description="The token is of nobody who may use it.",
)
SESSION_ENDED, CODELESS = kind_of(SessionEnded), kind_of(SecondFactorNeeded)
TOKEN = {"type": "string", "readOnly": True}
# The next refresh token comes where the settings let them take turns.
REFRESHED = {
    "type": "object",
    "properties": {"access": TOKEN, "refresh": {**TOKEN, **LEFT_OUT}},
    "required": ["access"],
}
EMPTY = {"type": "object", "additionalProperties": False}
NO_ACCOUNT = Kind(
    "NoActiveAccount",
    exceptions.AuthenticationFailed("No active account found with the given credentials"),
)


# Of a token in the body of a request.
TOKEN_REFUSALS = refused_with(INVALID_TOKEN, TOKEN_REFUSED, SESSION_ENDED, NO_ACCOUNT)


class JWTScheme(OpenApiAuthenticationExtension):
    """Describes how a token is sent, and how one that does not work is refused."""

    target_class = "core.authentication.ShopJWTAuthentication"
    name = "jwt"
    priority = 1

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The `access` token of `/auth/jwt/create/`, as `Bearer <token>`; `JWT <token>` is accepted too, "
            "both words in any case of letters.",
        }

    @staticmethod
    def refuses_with(view: Any) -> tuple[Kind, ...]:
        kinds = (INVALID_TOKEN, TOKEN_REFUSED, SESSION_ENDED)
        return kinds if getattr(view, "enrols", False) else (*kinds, CODELESS)


def token_schema(**words: Any) -> Any:
    return extend_schema_view(post=extend_schema(tags=["tokens"], **words))


sign_in_schema = token_schema(
    summary="Sign in",
    description="Send the access token along as `Authorization: Bearer <access token>`. An account with a second factor needs "
    "its code as `otp`, of the app or a recovery code: else 401 `otp_required`, once the password is right.",
    request=SignInSerializer,
    # Which drf-spectacular knows how to describe, and of its children nothing.
    responses={200: TokenObtainPairSerializer, **refused_with(NO_ACCOUNT, CodeNeeded, Busy)},
)
refresh_schema = token_schema(
    summary="Get a new access token",
    description="With `ROTATE_REFRESH_TOKENS` the answer brings the next refresh token too, and the one that was sent "
    "is valid for ten seconds more; who sends it later ends the session.",
    responses={200: REFRESHED, **TOKEN_REFUSALS},
)
verify_schema = token_schema(
    summary="Check a token",
    description="Of either kind; that it works is told by an empty object.",
    responses={200: EMPTY, **TOKEN_REFUSALS},
)
sign_out_schema = token_schema(
    summary="Sign out",
    description="No token of this sign-in works any more.",
    responses={200: EMPTY, **TOKEN_REFUSALS},
)
sign_out_everywhere_schema = token_schema(
    summary="Sign out everywhere", request=None, responses={204: None}
)
