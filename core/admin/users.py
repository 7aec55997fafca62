from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth import admin as auth
from django.contrib.auth.forms import AdminUserCreationForm
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django_otp.plugins.otp_static.admin import StaticDevice
from django_otp.plugins.otp_totp.admin import TOTPDevice
from rest_framework_simplejwt.token_blacklist.admin import BlacklistedToken, OutstandingToken

from store.admin.deletion import LISTED, ServiceDeletionAdmin
from storefront.admin.refusals import PermissionMissing
from storefront.renderers.json import JSONRenderer
from storefront.unique_keys.admin import UniqueKeyAdmin

from ..mails import queue_verification
from ..models import User
from ..services.accounts import delete_account
from ..services.addresses import ask_for_email
from ..services.credentials import tell_of_username
from ..services.exports import EXPORT, export_account
from ..services.rights import refuse_beyond
from .rights import GuardedUserAdmin

ASKED = "The new address was mailed a link, and replaces the present one once it is confirmed."
LEFT = "accounts, of whose orders the books stay, without the person; unpaid orders are cancelled"
EXPORT_LOGGED = "Exported all data."
# To read what an export holds.
EXPORTED = ["core.view_user", "store.view_customer", "store.view_address", "store.view_order"]
EMAIL_FIELDSET = ("E-mail address", {"fields": ["pending_email", "email_verified_at"]})

# Bookkeeping of the sign-in, not for people; a list of tokens, or of second factors, is a list of keys.
admin.site.unregister([BlacklistedToken, OutstandingToken, StaticDevice, TOTPDevice])


class UserAddForm(AdminUserCreationForm):
    def clean_username(self) -> str:
        """Leave it to the keys of the model what is taken, where Django asks the collation."""
        return self.cleaned_data["username"]


@admin.register(User)
class UserAdmin(GuardedUserAdmin, UniqueKeyAdmin, ServiceDeletionAdmin, auth.UserAdmin):
    add_form = UserAddForm
    readonly_fields = ["pending_email", "email_verified_at"]
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": (
                    "username",
                    "email",
                    "first_name",
                    "last_name",
                    "usable_password",
                    "password1",
                    "password2",
                ),
            },
        ),
    )
    list_filter = ["is_staff", "is_active", "groups"]
    list_per_page = 50
    show_full_result_count = False

    def get_urls(self) -> list[Any]:
        export = self.admin_site.admin_view(self.export_view)
        return [
            path("<path:object_id>/export/", export, name="core_user_export"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        may_export = obj is not None and request.user.has_perms(EXPORTED)
        context["may_export"] = may_export and self.is_within(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def export_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give staff, who may see all of it, what is held about a user as a file; the log tells of it."""
        if not request.user.has_perms(EXPORTED):
            raise PermissionMissing(*EXPORTED)
        user = self.get_object(request, unquote(object_id))
        if user is None:
            raise Http404
        refuse_beyond(actor=request.user, users=[user])
        self.log_change(request, user, EXPORT_LOGGED)
        body = JSONRenderer().render(export_account(user=user))
        headers = {"Content-Disposition": f'attachment; filename="{EXPORT}"'}
        return HttpResponse(body, content_type="application/json", headers=headers)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save a form; a new address replaces the present one once it is confirmed, as over the API."""
        changed = form.changed_data if change else []
        asked = obj.email if "email" in changed else None
        if asked:
            obj.refresh_from_db(fields=["email", "email_key"])
        super().save_model(request, obj, form, change)
        if asked:
            ask_for_email(user=obj, email=asked)
            self.message_user(request, ASKED, messages.WARNING)
        if "username" in changed:
            tell_of_username(user=obj)
        if not change and settings.SEND_VERIFICATION_MAIL:
            queue_verification(user=obj)

    def delete_row(self, row: User) -> None:
        delete_account(user=row)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        """Name the accounts; orders protect none of them, as they stay without the person."""
        rows = list(objs)
        names: list[Any] = [self.link_to(row) for row in rows[:LISTED]]
        more = ["…"] * (len(rows) > LISTED)
        return [*names, *more], {LEFT: len(rows)}, set(), []

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Show those who may only look who it is, nothing of the password and the rights."""
        if obj is not None and not self.has_change_permission(request, obj):
            return [(None, {"fields": ["username", "email", "first_name", "last_name"]})]
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj is None else [*fieldsets, EMAIL_FIELDSET]
