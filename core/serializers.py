from typing import Any

from djoser import serializers as djoser
from djoser.conf import settings as djoser_settings
from rest_framework.exceptions import PermissionDenied
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


class UidAndTokenSerializer(djoser.UidAndTokenSerializer):
    initial_data: dict[str, Any]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # djoser reads these two from the request as it came, where they may be numbers.
        self.initial_data = {**self.initial_data, "uid": attrs["uid"], "token": attrs["token"]}
        return super().validate(attrs)


class ActivationSerializer(UidAndTokenSerializer, djoser.ActivationSerializer):
    """Refuses every token while accounts are active from the start.

    Such a token was mailed to reset something; it must not undo that staff switched the account off.
    """

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if not djoser_settings.SEND_ACTIVATION_EMAIL:
            raise PermissionDenied(self.error_messages["stale_token"])
        return attrs


class ConfirmPasswordSerializer(UidAndTokenSerializer, djoser.PasswordResetConfirmSerializer):
    """Sets a new password with the uid and token of a mail."""


class ConfirmUsernameSerializer(UidAndTokenSerializer, djoser.UsernameResetConfirmSerializer):
    """Sets a new username with the uid and token of a mail."""

    class Meta(djoser.UsernameResetConfirmSerializer.Meta):
        fields = ["uid", "token", "username"]


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
