from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from .models import Review


class IsAuthorOrStaffOrCreateOrRead(BasePermission):
    """Everybody reads and writes reviews; only the author and staff change or remove one."""

    def has_object_permission(self, request: Request, view: APIView, obj: Review) -> bool:
        if request.method in SAFE_METHODS:
            return True
        user: Any = request.user
        return bool(user and (user.is_staff or (user.is_authenticated and obj.user_id == user.pk)))


class CanViewHistory(BasePermission):
    """Holders of `store.view_history` read the orders of any customer."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user and request.user.has_perm("store.view_history"))
