from typing import cast

from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt import views as simplejwt

from ..security_log import security_event
from ..services.tokens import revoke_refresh_tokens
from ..throttles import SignInThrottle
from .schema.tokens import (
    refresh_schema,
    sign_in_schema,
    sign_out_everywhere_schema,
    sign_out_schema,
    verify_schema,
)


@sign_in_schema
class SignInView(simplejwt.TokenObtainPairView):
    name = "Sign in"
    throttle_classes = [SignInThrottle]


@refresh_schema
class TokenRefreshView(simplejwt.TokenRefreshView):
    """Gives a new access token to who sends a refresh token."""

    name = "Refresh the token"


@verify_schema
class TokenVerifyView(simplejwt.TokenVerifyView):
    """Tells whether a token is valid."""

    name = "Check a token"


@sign_out_schema
class TokenBlacklistView(simplejwt.TokenBlacklistView):
    """Ends the session of a refresh token."""

    name = "Sign out"


@sign_out_everywhere_schema
class LogoutAllView(APIView):
    name = "Sign out everywhere"
    enrols = True
    permission_classes = [IsAuthenticated]

    def post(self, request: Request) -> Response:
        """End every session of the signed-in user, of programs and of browsers."""
        user_id = cast(int, request.user.pk)
        revoke_refresh_tokens(user_id=user_id)
        security_event("sessions_ended", request=request, user_id=user_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
