from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.auth import admin as auth
from django.contrib.auth.forms import AdminUserCreationForm
from django.db.models import QuerySet
from django.http import HttpRequest
from rest_framework_simplejwt.token_blacklist.admin import BlacklistedToken, OutstandingToken

from store.admin.deletion import ServiceDeletionAdmin
from store.models import Order
from storefront.unique_keys.admin import UniqueKeyAdmin

from ..exceptions import AccountInUse
from ..models import User
from ..services.accounts import delete_account
from .rights import GuardedUserAdmin

# Bookkeeping of the sign-in, not for people; a list of tokens is a list of keys.
admin.site.unregister([BlacklistedToken, OutstandingToken])


class UserAddForm(AdminUserCreationForm):
    def clean_username(self) -> str:
        """Leave it to the keys of the model what is taken, where Django asks the collation."""
        return self.cleaned_data["username"]


@admin.register(User)
class UserAdmin(GuardedUserAdmin, UniqueKeyAdmin, ServiceDeletionAdmin, auth.UserAdmin):
    add_form = UserAddForm
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

    def delete_row(self, row: User) -> None:
        delete_account(user=row)

    def blockers(self, rows: Sequence[User]) -> QuerySet:
        return Order.objects.filter(customer__user__in=rows)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Show those who may only look who it is, nothing of the password and the rights."""
        if obj is not None and not self.has_change_permission(request, obj):
            return [(None, {"fields": ["username", "email", "first_name", "last_name"]})]
        return super().get_fieldsets(request, obj)
