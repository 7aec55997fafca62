"""Who may call an operation, as far as the permissions of its view tell."""

from types import SimpleNamespace
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from rest_framework.permissions import SAFE_METHODS, BasePermission

from ..permissions import StaffModelPermissions, StaffWith, model_permission


class Access:
    """The callers of a view by a method and a path."""

    def __init__(self, view: Any, method: str, path: str) -> None:
        self.view, self.method, self.path = view, method, path

    @property
    def is_public(self) -> bool:
        return self.allows(AnonymousUser())

    @property
    def refuses_customers(self) -> bool:
        """Tell whether there are users, or rows, for whom the answer is a 403."""
        permissions = self.view.get_permissions()
        return not self.allows(get_user_model()()) or any(map(self.changes_own_rows, permissions))

    @property
    def sentence(self) -> str:
        """Say who may call it."""
        if self.is_public:
            return "Everybody may."
        if self.allows(get_user_model()()):
            return "Needs a token."
        names = " and ".join(f"`{name}`" for name in self.permissions())
        return f"Needs a token of staff with {names}." if names else "Needs a token of staff."

    def permissions(self) -> list[str]:
        found: list[str] = []
        for each in self.view.get_permissions():
            match each:
                case StaffWith():
                    found += each.needs
                case StaffModelPermissions():
                    found.append(model_permission(self.method, self.view))
        return found

    def allows(self, user: Any) -> bool:
        """Tell whether the view lets this user in, as far as that depends on no row."""
        request: Any = SimpleNamespace(method=self.method, user=user)
        return all(
            permission.has_permission(request, self.view)
            and (user.is_authenticated or not self.changes_own_rows(permission))
            for permission in self.view.get_permissions()
        )

    def changes_own_rows(self, permission: Any) -> bool:
        """Tell whether the permission looks at whose row it is before a change."""
        looks = type(permission).has_object_permission is not BasePermission.has_object_permission
        return looks and self.path.endswith("id}/") and self.method not in SAFE_METHODS
