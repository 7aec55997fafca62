from typing import Any

from rest_framework import serializers

from ..exceptions import CodeRefused
from ..services.second_factors import check_code
from .accounts import CurrentPasswordSerializer
from .fields import CodeField


class SecondFactorSerializer(serializers.Serializer):
    """Whether there is a second factor, and whether its owner, as all staff, needs one."""

    is_set_up = serializers.BooleanField()
    is_required = serializers.BooleanField()
    recovery_codes_left = serializers.IntegerField()


class EnrolmentSerializer(CurrentPasswordSerializer):
    """The secret of a new second factor, for an app: by hand, or as the address that a QR code holds."""

    secret = serializers.CharField(read_only=True)
    otpauth_url = serializers.CharField(read_only=True)


class CodeSerializer(serializers.Serializer):
    """The first code of an app; the recovery codes are shown once."""

    otp = CodeField(write_only=True)
    recovery_codes = serializers.ListField(child=serializers.CharField(), read_only=True)


class RemoveSecondFactorSerializer(CurrentPasswordSerializer):
    otp = CodeField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        # Last, for a code is used up by it.
        if not check_code(user=self.context["request"].user, code=attrs["otp"]):
            raise CodeRefused
        return attrs
