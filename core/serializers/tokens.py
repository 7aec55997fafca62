from typing import Any

from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.serializers import (
    TokenObtainPairSerializer,
    TokenRefreshSerializer,
    TokenVerifySerializer,
)
from rest_framework_simplejwt.tokens import RefreshToken, UntypedToken

from .fields import TypedPasswordField


class SignInSerializer(TokenObtainPairSerializer):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = TypedPasswordField(write_only=True)


class RefreshTokenSerializer(TokenRefreshSerializer):
    """Refuses the token of a user who is gone, inactive or has a new password."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        JWTAuthentication().get_user(self.token_class(attrs["refresh"]))
        return super().validate(attrs)


class VerifyTokenSerializer(TokenVerifySerializer):
    """Refuses what RefreshTokenSerializer refuses, and a refresh token that was revoked."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        token = UntypedToken(attrs["token"])
        JWTAuthentication().get_user(token)
        if token["token_type"] == RefreshToken.token_type:
            RefreshToken(attrs["token"])
        return {}
