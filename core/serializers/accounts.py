from typing import Any, cast

from django.db import IntegrityError
from django.db.models import Field
from djoser import serializers as djoser
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from storefront.unique_keys.serializers import UniqueKeySerializer, UniqueKeyValidator

from ..canonical import LowercaseEmailField, UsernameField
from ..exceptions import LinkRefused
from ..models import User
from ..services.addresses import ask_for_email, register, withdraw_email
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
            return register(**validated_data)
        except IntegrityError:
            self.refuse_taken()
            raise


class LateKeysSerializer(UserKeysSerializer):
    """Tells what is taken once it is known who asks."""

    late_field: str

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields[self.late_field]
        self.late = [each for each in field.validators if isinstance(each, UniqueKeyValidator)]
        field.validators = [each for each in field.validators if each not in self.late]

    def refuse_taken_late(self, value: str) -> None:
        for validator in self.late:
            try:
                validator(value, self.fields[self.late_field])
            except serializers.ValidationError as error:
                raise serializers.ValidationError({self.late_field: error.detail}) from error


@extend_schema_field({"type": "string", "format": "email", "x-left-out": True})
class PendingEmailField(serializers.EmailField):
    pass


class UserSerializer(LateKeysSerializer, CurrentPasswordSerializer, djoser.UserSerializer):
    """An account; another address needs the password of who asks, and replaces the present one once confirmed."""

    late_field = "email"
    confirming_fields = ("current_password",)
    current_password = TypedPasswordField(write_only=True, required=False)
    pending_email = PendingEmailField(
        read_only=True, help_text="Replaces the address once it is confirmed; left out without one."
    )

    class Meta(djoser.UserSerializer.Meta):
        fields = [*USER_FIELDS, "pending_email", "current_password"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        present = cast(User, self.instance).email
        if attrs.get("email", present) == present:
            return attrs
        if "current_password" not in attrs:
            required = self.fields["current_password"].error_messages["required"]
            raise serializers.ValidationError({"current_password": [required]})
        self.refuse_taken_late(attrs["email"])
        return attrs

    def update(self, instance: User, validated_data: dict[str, Any]) -> User:
        email = validated_data.pop("email", instance.email)
        is_confirmed = validated_data.pop("current_password", None) is not None
        user: User = super().update(instance, validated_data)
        if email != user.email:
            ask_for_email(user=user, email=email)
        elif is_confirmed:
            withdraw_email(user=user)
        return user

    def to_representation(self, instance: User) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        if shown["pending_email"] is None:
            del shown["pending_email"]
        return shown


class SetUsernameSerializer(UserKeysSerializer, djoser.SetUsernameSerializer):
    current_password = TypedPasswordField()

    @property
    def owner(self) -> User:
        return self.context["request"].user


class SendLinkSerializer(serializers.Serializer):
    email = serializers.EmailField()


class UidAndTokenSerializer(djoser.UidAndTokenSerializer):
    initial_data: dict[str, Any]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # djoser reads these two from the request as it came, where they may be numbers.
        self.initial_data = {**self.initial_data, "uid": attrs["uid"], "token": attrs["token"]}
        try:
            return super().validate(attrs)
        except serializers.ValidationError as error:
            refused: Any = error.detail
            # With its code, as from whoever finds out later, under the lock of the account.
            if "token" in refused:
                raise LinkRefused from error
            raise


class VerifyEmailSerializer(serializers.Serializer):
    """The codes of a link that confirms an address."""

    uid = serializers.CharField()
    token = serializers.CharField()


class SetPasswordSerializer(CurrentPasswordSerializer, djoser.SetPasswordSerializer):
    new_password = PasswordField()


class DeleteUserSerializer(CurrentPasswordSerializer, djoser.UserDeleteSerializer):
    """Deletes the account of who knows its password."""


class ConfirmPasswordSerializer(UidAndTokenSerializer, djoser.PasswordResetConfirmSerializer):
    """Sets a new password with the uid and token of a mail."""

    new_password = PasswordField()


class ConfirmUsernameSerializer(
    LateKeysSerializer, UidAndTokenSerializer, djoser.UsernameResetConfirmSerializer
):
    """Sets a new username with the uid and token of a mail."""

    # Only the token tells whose name it is, and who may thus change its spelling.
    late_field = "new_username"
    user: User

    class Meta(djoser.UsernameResetConfirmSerializer.Meta):
        fields = ["uid", "token", "username"]

    @property
    def owner(self) -> User:
        return self.user

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        self.refuse_taken_late(attrs["username"])
        return attrs
