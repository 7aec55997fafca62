from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import admin as auth
from django.contrib.auth.forms import AdminUserCreationForm
from django.db.models import QuerySet
from django.http import HttpRequest
from rest_framework_simplejwt.token_blacklist.admin import BlacklistedToken, OutstandingToken

from store.admin.deletion import ServiceDeletionAdmin
from store.models import Order
from storefront.unique_keys.admin import UniqueKeyAdmin

from ..exceptions import AccountInUse
from ..mails import USERNAME_CHANGED, queue_account_mail, queue_verification
from ..models import User
from ..services.accounts import delete_account
from ..services.addresses import ask_for_email
from .rights import GuardedUserAdmin

ASKED = "The new address was mailed a link, and replaces the present one once it is confirmed."
EMAIL_FIELDSET = ("E-mail address", {"fields": ["pending_email", "email_verified_at"]})

# Bookkeeping of the sign-in, not for people; a list of tokens is a list of keys.
admin.site.unregister([BlacklistedToken, OutstandingToken])


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
    refusal = AccountInUse

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
            queue_account_mail(user=obj, mail=USERNAME_CHANGED)
        if not change and settings.SEND_VERIFICATION_MAIL:
            queue_verification(user=obj)

    def delete_row(self, row: User) -> None:
        delete_account(user=row)

    def blockers(self, rows: Sequence[User]) -> QuerySet:
        return Order.objects.filter(customer__user__in=rows)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Show those who may only look who it is, nothing of the password and the rights."""
        if obj is not None and not self.has_change_permission(request, obj):
            return [(None, {"fields": ["username", "email", "first_name", "last_name"]})]
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj is None else [*fieldsets, EMAIL_FIELDSET]
