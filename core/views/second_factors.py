from base64 import b32encode
from typing import Any, cast

from django.conf import settings
from django.http import Http404
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response

from ..models import User
from ..second_factors import REQUIRED, is_offered, mark_browser
from ..serializers.second_factors import (
    CodeSerializer,
    EnrolmentSerializer,
    RemoveSecondFactorSerializer,
    SecondFactorSerializer,
)
from ..services.second_factors import (
    begin_enrolment,
    confirm_enrolment,
    has_second_factor,
    recovery_codes_left,
    remove_second_factor,
)
from .schema.second_factors import confirm_schema, second_factor_schema
from .sessions import current_session_id


class EnrolmentView(GenericAPIView):
    """What staff without a second factor reach where STAFF_SECOND_FACTOR requires one."""

    permission_classes = [IsAdminUser]
    enrols = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not is_offered():
            raise Http404

    def validated(self) -> dict[str, Any]:
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return cast(dict[str, Any], serializer.validated_data)

    @property
    def owner(self) -> User:
        return cast(User, self.request.user)


@second_factor_schema
class SecondFactorView(EnrolmentView):
    def get_serializer_class(self) -> Any:
        serializers = {"POST": EnrolmentSerializer, "DELETE": RemoveSecondFactorSerializer}
        return serializers.get(self.request.method or "", SecondFactorSerializer)

    def get(self, request: Request) -> Response:
        """Tell whether the signed-in member of staff has a second factor."""
        state = {
            "is_set_up": has_second_factor(request.user.pk),
            "is_required": settings.STAFF_SECOND_FACTOR == REQUIRED,
            "recovery_codes_left": recovery_codes_left(request.user.pk),
        }
        return Response(self.get_serializer(state).data)

    def post(self, request: Request) -> Response:
        """Begin to set up a second factor; a code of the app confirms it."""
        self.validated()
        device = begin_enrolment(user=self.owner)
        secret = b32encode(device.bin_key).decode()
        body = {"secret": secret, "otpauth_url": device.config_url}
        return Response(body, status=status.HTTP_201_CREATED)

    def delete(self, request: Request) -> Response:
        """Remove the second factor; every other session ends."""
        self.validated()
        remove_second_factor(user=self.owner, session_id=current_session_id(request))
        mark_browser(request, is_verified=False)
        return Response(status=status.HTTP_204_NO_CONTENT)


@confirm_schema
class ConfirmSecondFactorView(EnrolmentView):
    serializer_class = CodeSerializer

    def post(self, request: Request) -> Response:
        """Put the second factor in force by a code of the app; every other session ends."""
        code = self.validated()["otp"]
        session_id = current_session_id(request)
        codes = confirm_enrolment(user=self.owner, code=code, session_id=session_id)
        mark_browser(request, is_verified=True)
        return Response({"recovery_codes": codes})
