from typing import Any

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from storefront.permissions import VERBS, holds

from .models import User
from .services.rights import is_beyond, may_delete


def reaches_accounts(user: Any, method: str | None) -> bool:
    """Tell whether somebody may do what a request does to accounts of others, those beyond their rights apart."""
    if method in SAFE_METHODS:
        return holds(user, "core.view_user")
    # Where staff need no permission, superusers alone write: who changes an address can have the
    # password reset to it.
    needed = f"core.{VERBS[method or '']}_user"
    return user.is_superuser or (settings.STAFF_NEEDS_PERMISSIONS and holds(user, needed))


class IsSelfOrStaff(IsAuthenticated):
    """Everybody for their own account; staff with the permission for those that hold no right which they lack."""

    def has_object_permission(self, request: Request, view: APIView, obj: User) -> bool:
        user: Any = request.user
        if obj.pk == user.pk:
            return True
        if not reaches_accounts(user, request.method):
            return False
        if request.method == "DELETE":
            return may_delete(user, [obj])
        return request.method in SAFE_METHODS or not is_beyond(user, obj)
