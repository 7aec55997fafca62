from typing import Any, cast

from django.db.models import QuerySet
from djoser.views import UserViewSet as DjoserUserViewSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer
from rest_framework_simplejwt.views import TokenObtainPairView

from store.views.roots import RootView
from storefront.errors.exceptions import Refusal
from storefront.generics import PatchMixin

from ..models import User
from ..services import delete_account, revoke_refresh_tokens

# What a guesser of names, addresses or passwords would call.
THROTTLED_ACTIONS = {
    "create",
    "activation",
    "resend_activation",
    "reset_password",
    "reset_password_confirm",
    "reset_username",
    "reset_username_confirm",
}
# Why an action answers an error on which djoser wastes no word: its code and text.
REASONS = {
    "resend_activation": (
        "activation_off",
        "Accounts are active from the start here; no activation mail is sent.",
    ),
}


class AccountsRootView(RootView):
    name = "Accounts"
    api_root_dict = {
        "users": "user-list",
        "users/me": "user-me",
        "jwt/create": "jwt-create",
        "jwt/refresh": "jwt-refresh",
        "jwt/verify": "jwt-verify",
        "jwt/blacklist": "jwt-blacklist",
    }


@extend_schema_view(
    # Which drf-spectacular knows how to describe, and of its children nothing.
    post=extend_schema(request=TokenObtainPairSerializer, responses=TokenObtainPairSerializer)
)
class SignInView(TokenObtainPairView):
    throttle_scope = "credentials"


class LogoutAllView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Revoke every refresh token of the signed-in user."""
        revoke_refresh_tokens(user_id=cast(int, request.user.pk))
        return Response(status=status.HTTP_204_NO_CONTENT)


class UserViewSet(PatchMixin, DjoserUserViewSet):
    queryset = User.objects.order_by("pk")
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[User]:
        user = self.request.user
        # Staff who could change a superuser's address could also have the password reset to it.
        sees_all = user.is_staff if self.request.method in SAFE_METHODS else user.is_superuser
        return self.queryset.all() if sees_all else self.queryset.filter(pk=cast(int, user.pk))

    def get_throttles(self) -> list[BaseThrottle]:
        self.throttle_scope = "credentials" if self.action in THROTTLED_ACTIONS else None
        return super().get_throttles()

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        if status.is_client_error(response.status_code) and response.data is None:
            code, text = REASONS.get(self.action, ("refused", "The shop does not offer this."))
            response = self.handle_exception(Refusal(response.status_code, code, text))
        return super().finalize_response(request, response, *args, **kwargs)

    def perform_destroy(self, instance: User) -> None:
        delete_account(user=instance)
