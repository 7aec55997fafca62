from django.db.models import Model
from django.http import HttpRequest


class ReadOnlyMixin:
    """Rows that the shop writes by itself and staff only look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
