from typing import Any, cast

from django.db.models import QuerySet
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from store.views.roots import RootView
from storefront.errors.exceptions import Refusal
from storefront.generics import PatchMixin
from storefront.renderers.json import JSONRenderer

from ..models import User
from ..permissions import reaches_accounts
from ..services.accounts import delete_account
from ..services.exports import EXPORT, export_account
from ..throttles import CredentialsThrottle, MailThrottle
from .credentials import CredentialActions
from .schema.accounts import accounts_root_schema, user_schema

# What a guesser of names, addresses or passwords would call.
THROTTLED_ACTIONS = {
    "create",
    "activation",
    "resend_activation",
    "verify_email",
    "resend_verification",
    "reset_password",
    "reset_password_confirm",
    "reset_username",
    "reset_username_confirm",
    "set_password",
    "set_username",
    # Not guessed, but dear.
    "export",
}
# Those that mail a link to the `email` of the request.
MAILED_ACTIONS = {
    "create",
    "resend_verification",
    "reset_password",
    "reset_username",
}
# Those that take the `current_password`.
WITH_PASSWORD = {"PUT", "PATCH", "DELETE"}
# Why an action answers an error on which djoser wastes no word: its code and text.
REASONS = {
    "resend_activation": (
        "activation_off",
        "Accounts are active from the start here; no activation mail is sent.",
    ),
}


@accounts_root_schema
class AccountsRootView(RootView):
    name = "Accounts"
    api_root_dict = {
        "users": "user-list",
        "users/me": "user-me",
        "users/me/export": "user-export",
        "users/me/sessions": "session-list",
        "users/me/second_factor": "second-factor-own",
        "jwt/create": "jwt-create",
        "jwt/refresh": "jwt-refresh",
        "jwt/verify": "jwt-verify",
        "jwt/blacklist": "jwt-blacklist",
    }


@user_schema
class UserViewSet(PatchMixin, CredentialActions):
    queryset = User.objects.order_by("pk")
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[User]:
        user = self.request.user
        if reaches_accounts(user, self.request.method):
            return self.queryset.all()
        return self.queryset.filter(pk=cast(int, user.pk))

    def expected_row(self) -> tuple[str, dict[str, Any]]:
        return (
            ("me", {"pk": self.request.user.pk}) if self.action == "me" else super().expected_row()
        )

    def get_throttles(self) -> list[BaseThrottle]:
        is_guessed = self.action in THROTTLED_ACTIONS or self.request.method in WITH_PASSWORD
        is_mailed = self.action in MAILED_ACTIONS or self.request.method in ("PUT", "PATCH")
        return [
            *super().get_throttles(),
            *([CredentialsThrottle()] if is_guessed else []),
            *([MailThrottle()] if is_mailed else []),
        ]

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        if status.is_client_error(response.status_code) and response.data is None:
            code, text = REASONS.get(self.action, ("refused", "The shop does not offer this."))
            response = self.handle_exception(Refusal(response.status_code, code, text))
        return super().finalize_response(request, response, *args, **kwargs)

    def get_renderers(self) -> list[BaseRenderer]:
        # A file, for a browser too.
        return [JSONRenderer()] if self.action == "export" else super().get_renderers()

    @action(detail=False, url_path="me/export", permission_classes=[IsAuthenticated])
    def export(self, request: Request) -> Response:
        """Return all that is held about the signed-in user, as a file to keep."""
        data = export_account(user=cast(User, request.user))
        return Response(data, headers={"Content-Disposition": f'attachment; filename="{EXPORT}"'})

    def perform_destroy(self, instance: User) -> None:
        delete_account(user=instance)
