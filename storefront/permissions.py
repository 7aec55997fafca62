from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_permission_codename
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    # The settings name this module, and rest_framework.views reads them while it is imported.
    from rest_framework.views import APIView

# What each method does with rows, in the words of Django's permissions; any other one reads.
VERBS = {"POST": "add", "PUT": "change", "PATCH": "change", "DELETE": "delete"}


def holds(user: Any, permission: str) -> bool:
    """Tell whether somebody is staff who hold a permission; with STAFF_NEEDS_PERMISSIONS off, any staff do."""
    if not user or not user.is_staff:
        return False
    if not settings.STAFF_NEEDS_PERMISSIONS:
        return True
    # A user without a row holds nothing, and Django cannot ask for what.
    return bool(user.is_superuser or user.pk) and user.has_perm(permission)


def model_permission(method: str | None, view: Any) -> str:
    """Return the permission for what a request does with the view's model.

    It is empty, which superusers alone hold, where the view names no model.
    """
    queryset = getattr(view, "queryset", None)
    if queryset is None:
        return ""
    opts = queryset.model._meta
    return f"{opts.app_label}.{get_permission_codename(VERBS.get(method or '', 'view'), opts)}"


class StaffModelPermissions(BasePermission):
    """Staff read, add, change and delete, each with the permission of the view's model."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return holds(request.user, model_permission(request.method, view))


class IsAdminOrReadOnly(StaffModelPermissions):
    """Everybody reads, staff write with the permission of the view's model; the default of every view."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or super().has_permission(request, view)


class StaffWith(BasePermission):
    """Staff who hold all the permissions that it needs."""

    needs: tuple[str, ...] = ()

    def has_permission(self, request: Request, view: APIView) -> bool:
        return all(holds(request.user, each) for each in self.needs)


def staff_with(*permissions: str) -> type[StaffWith]:
    """Return the permission class of staff who hold all of these permissions."""
    return type("StaffWith", (StaffWith,), {"needs": permissions})
