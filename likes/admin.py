from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from storefront.admin.options import ConcurrentEditAdmin

from .models import LikedItem


@admin.register(LikedItem)
class LikedItemAdmin(ConcurrentEditAdmin):
    """Likes are the users' own: staff look at them and may remove one."""

    list_display = ["user", "content_type", "liked"]
    list_display_links = ["user", "liked"]
    list_per_page = 50
    search_fields = ["user__username__istartswith", "user__email__istartswith"]
    show_full_result_count = False
    fields = ["user", "content_type", "liked"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LikedItem]:
        queryset = super().get_queryset(request).select_related("user", "content_type")
        return queryset.prefetch_related("content_object")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="object")
    def liked(self, like: LikedItem) -> str:
        return str(like.content_object or f"no longer there ({like.object_id})")
