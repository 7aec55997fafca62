from typing import Any, cast

from django.db import IntegrityError
from djoser.views import UserViewSet as DjoserUserViewSet
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from ..links import RESET_PASSWORD, RESET_USERNAME, LinkTokens
from ..mails import PASSWORD_RESET, USERNAME_RESET
from ..models import User
from ..serializers.accounts import SendLinkSerializer, VerifyEmailSerializer
from ..services.addresses import resend_verification, verify_email
from ..services.credentials import (
    change_password,
    change_username,
    mail_link,
    reset_password,
    reset_username,
)
from ..throttles import count_change

TOKENS = {"reset_password_confirm": RESET_PASSWORD, "reset_username_confirm": RESET_USERNAME}


class CredentialActions(DjoserUserViewSet):
    """The actions of djoser that change how one signs in, by services that tell the user."""

    @property
    def token_generator(self) -> LinkTokens:
        """What djoser's serializers check a token with."""
        return TOKENS[self.action]

    def sent(self, request: Request) -> Any:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return serializer

    @action(["post"], detail=False)
    def activation(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        verify_email(**self.sent(request).validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(
        ["post"],
        detail=False,
        permission_classes=[AllowAny],
        serializer_class=VerifyEmailSerializer,
    )
    def verify_email(self, request: Request) -> Response:
        verify_email(**self.sent(request).validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(
        ["post"], detail=False, permission_classes=[AllowAny], serializer_class=SendLinkSerializer
    )
    def resend_verification(self, request: Request) -> Response:
        resend_verification(**self.sent(request).validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(["post"], detail=False)
    def resend_activation(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self.sent(request)
        return Response(status=status.HTTP_400_BAD_REQUEST)

    @action(["post"], detail=False)
    def set_password(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        data = self.sent(request).validated_data
        count_change(request.user)
        change_password(user=cast(User, request.user), password=data["new_password"])
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(["post"], detail=False)
    def reset_password(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        mail_link(mail=PASSWORD_RESET, **self.sent(request).validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(["post"], detail=False)
    def reset_password_confirm(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.sent(request)
        data = serializer.validated_data
        reset_password(user=serializer.user, token=data["token"], password=data["new_password"])
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(["post"], detail=False)
    def set_username(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.sent(request)
        name = serializer.validated_data["username"]
        count_change(request.user)
        try:
            change_username(user=cast(User, request.user), username=name)
        except IntegrityError:
            # Somebody has taken it since.
            serializer.refuse_taken()
            raise
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(["post"], detail=False)
    def reset_username(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        mail_link(mail=USERNAME_RESET, **self.sent(request).validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(["post"], detail=False)
    def reset_username_confirm(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.sent(request)
        data = serializer.validated_data
        reset_username(user=serializer.user, token=data["token"], username=data["username"])
        return Response(status=status.HTTP_204_NO_CONTENT)
