from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission, DjangoModelPermissions
from rest_framework.request import Request
from rest_framework.views import APIView

from storefront.permissions import IsAdminOrReadOnly, holds, model_permission

from .models import Order, OrderStatus, Review

__all__ = [
    "FullDjangoModelPermissions",
    "IsAdminOrReadOnly",
    "IsAuthorOrStaffOrCreateOrRead",
    "IsOwnerOrMayCancel",
    "ViewCustomerHistoryPermission",
    "permission_to_move",
]


def permission_to_move(status: str) -> str:
    """Return the permission with which staff move an order to a status."""
    return "store.cancel_order" if status == OrderStatus.CANCELLED else "store.change_order"


class IsAuthorOrStaffOrCreateOrRead(BasePermission):
    """Everybody reads and writes reviews; the author, and staff with the permission, change or remove one."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        # A visitor changes none: whether it is there or not.
        is_open = request.method in (*SAFE_METHODS, "POST")
        return is_open or bool(getattr(request.user, "is_authenticated", False))

    def has_object_permission(self, request: Request, view: APIView, obj: Review) -> bool:
        if request.method in SAFE_METHODS:
            return True
        user: Any = request.user
        # A review of nobody belongs to nobody, not to every user without a row.
        is_author = obj.user_id is not None and user and user.pk == obj.user_id
        return bool(is_author or holds(user, model_permission(request.method, view)))


class FullDjangoModelPermissions(DjangoModelPermissions):
    """Holders of the view permission read, as those of the others add, change and delete."""

    perms_map = {
        **DjangoModelPermissions.perms_map,
        "GET": ["%(app_label)s.view_%(model_name)s"],
        "HEAD": ["%(app_label)s.view_%(model_name)s"],
    }


class ViewCustomerHistoryPermission(BasePermission):
    """Holders of `store.view_history` read the orders of any customer."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        user: Any = request.user
        return bool(user and user.pk and user.has_perm("store.view_history"))


class IsOwnerOrMayCancel(BasePermission):
    """Customers cancel their own orders, staff who hold `store.cancel_order` everybody's."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user and request.user.is_authenticated)

    def has_object_permission(self, request: Request, view: APIView, obj: Order) -> bool:
        user: Any = request.user
        if user.pk is None:
            return False
        is_owner = obj.customer.user_id == user.pk
        return is_owner or (user.is_staff and user.has_perm("store.cancel_order"))
