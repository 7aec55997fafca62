from contextlib import suppress
from typing import Any, cast

from django.db import IntegrityError
from django.db.models import Field
from djoser import serializers as djoser
from djoser.conf import settings as djoser_settings
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied

from storefront.unique_keys.serializers import UniqueKeySerializer, UniqueKeyValidator

from ..canonical import LowercaseEmailField, UsernameField
from ..models import User, UserQuerySet
from .fields import NormalizedEmailField, NormalizedField, PasswordField, TypedPasswordField

USER_FIELDS = ["id", "username", "email", "first_name", "last_name"]


class CurrentPasswordSerializer(djoser.CurrentPasswordSerializer):
    current_password = TypedPasswordField()


class UserKeysSerializer(UniqueKeySerializer):
    """Users by their names and addresses in the form in which they are stored."""

    serializer_field_mapping = UniqueKeySerializer.serializer_field_mapping | {
        UsernameField: NormalizedField,
        LowercaseEmailField: NormalizedEmailField,
    }

    def build_standard_field(
        self, field_name: str, model_field: Field
    ) -> tuple[Any, dict[str, Any]]:
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        if issubclass(field_class, NormalizedField):
            kwargs["normalized"] = cast(Any, model_field).normalized
        return field_class, kwargs


class UserCreateSerializer(UserKeysSerializer, djoser.UserCreateSerializer):
    password = PasswordField(write_only=True)

    class Meta(djoser.UserCreateSerializer.Meta):
        fields = [*USER_FIELDS, "password"]

    def perform_create(self, validated_data: dict[str, Any]) -> User:
        try:
            return super().perform_create(validated_data)
        except IntegrityError:
            self.refuse_taken()
            raise


class UserSerializer(UserKeysSerializer, djoser.UserSerializer):
    class Meta(djoser.UserSerializer.Meta):
        fields = USER_FIELDS


class SetUsernameSerializer(UserKeysSerializer, djoser.SetUsernameSerializer):
    current_password = TypedPasswordField()

    @property
    def owner(self) -> User:
        return self.context["request"].user


class FindUser(djoser.UserFunctionsMixin):
    """Finds who reads the mail of an address, in whatever spelling."""

    data: Any

    def get_user(self, is_active: bool = True) -> User | None:
        with suppress(User.DoesNotExist):
            users = cast(UserQuerySet, User.objects.filter(is_active=is_active))
            user = users.with_email(self.data["email"])
            return user if user.has_usable_password() else None
        return None


class SendResetSerializer(FindUser, djoser.SendEmailResetSerializer):
    """Mails a link, to the address that is stored."""


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


class SetPasswordSerializer(CurrentPasswordSerializer, djoser.SetPasswordSerializer):
    new_password = PasswordField()


class DeleteUserSerializer(CurrentPasswordSerializer, djoser.UserDeleteSerializer):
    """Deletes the account of who knows its password."""


class ConfirmPasswordSerializer(UidAndTokenSerializer, djoser.PasswordResetConfirmSerializer):
    """Sets a new password with the uid and token of a mail."""

    new_password = PasswordField()


class ConfirmUsernameSerializer(
    UserKeysSerializer, UidAndTokenSerializer, djoser.UsernameResetConfirmSerializer
):
    """Sets a new username with the uid and token of a mail."""

    user: User

    class Meta(djoser.UsernameResetConfirmSerializer.Meta):
        fields = ["uid", "token", "username"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Only the token tells whose name it is, and who may thus change its spelling.
        field = self.fields["new_username"]
        self.late = [each for each in field.validators if isinstance(each, UniqueKeyValidator)]
        field.validators = [each for each in field.validators if each not in self.late]

    @property
    def owner(self) -> User:
        return self.user

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        for validator in self.late:
            try:
                validator(attrs["username"], self.fields["new_username"])
            except serializers.ValidationError as error:
                raise serializers.ValidationError({"new_username": error.detail}) from error
        return attrs
