"""What staff may touch in the admin of accounts and groups."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ..exceptions import AccountBeyondRights
from ..models import User
from ..services.rights import is_beyond, may_delete, refuse_beyond

# What superusers alone give and take.
RIGHTS = ["is_staff", "is_superuser", "groups", "user_permissions"]


class GuardedUserAdmin(admin.ModelAdmin):
    """Shows an account that holds a right which staff lack, and rights themselves, without letting them change it."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self.is_within(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_allowed = super().has_delete_permission(request, obj)
        return is_allowed and (obj is None or may_delete(request.user, [obj]))

    def delete_queryset(self, request: Any, queryset: QuerySet[User]) -> None:
        if not may_delete(request.user, queryset):
            raise PermissionDenied
        super().delete_queryset(request, queryset)

    def is_within(self, request: Any, user: User | None) -> bool:
        return user is None or not is_beyond(request.user, user)

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else [*fields, *RIGHTS]

    def changeform_view(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        # The form that was shown has none of them.
        if not request.user.is_superuser and request.POST.keys() & {*RIGHTS}:
            raise PermissionDenied
        return super().changeform_view(request, *args, **kwargs)

    def response_action(self, request: Any, queryset: QuerySet[User]) -> HttpResponse | None:
        """Refuse any action on a selection with an account that staff may not touch."""
        chosen = queryset
        if request.POST.get("select_across") != "1":
            chosen = queryset.filter(pk__in=request.POST.getlist(ACTION_CHECKBOX_NAME))
        try:
            refuse_beyond(actor=request.user, users=chosen)
        except AccountBeyondRights as error:
            self.message_user(request, f"{error.message} Nothing was changed.", messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        return super().response_action(request, queryset)


class SuperusersWriteAdmin(admin.ModelAdmin):
    """Rows that say who holds which rights: staff look at them, superusers alone write."""

    def has_add_permission(self, request: Any) -> bool:
        return request.user.is_superuser and super().has_add_permission(request)

    def has_change_permission(self, request: Any, obj: Model | None = None) -> bool:
        return request.user.is_superuser and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: Any, obj: Model | None = None) -> bool:
        return request.user.is_superuser and super().has_delete_permission(request, obj)
