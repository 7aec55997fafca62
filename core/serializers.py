from typing import Any

from djoser import serializers as djoser
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.serializers import TokenRefreshSerializer, TokenVerifySerializer
from rest_framework_simplejwt.tokens import RefreshToken, UntypedToken

USER_FIELDS = ["id", "username", "email", "first_name", "last_name"]


class RegisterUserSerializer(djoser.UserCreateSerializer):
    class Meta(djoser.UserCreateSerializer.Meta):
        fields = [*USER_FIELDS, "password"]


class UserSerializer(djoser.UserSerializer):
    class Meta(djoser.UserSerializer.Meta):
        fields = USER_FIELDS


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
