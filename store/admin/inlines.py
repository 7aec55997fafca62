from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from storefront.admin.options import ConcurrentEditInline


class ReadOnlyInline(ConcurrentEditInline, admin.TabularInline):
    """Rows that are written elsewhere; whoever sees the page they are on sees them."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        name: Any = self.parent_model._meta.model_name
        return any(request.user.has_perm(f"store.{verb}_{name}") for verb in ("view", "change"))

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
