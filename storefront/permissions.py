from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    # The settings name this module, and rest_framework.views reads them while it is imported.
    from rest_framework.views import APIView


class IsAdminOrReadOnly(BasePermission):
    """Everybody reads, staff write; the default of every view."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or bool(request.user and request.user.is_staff)
