from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from storefront.admin.options import ConcurrentEditAdmin
from storefront.unique_keys.admin import UniqueKeyAdmin

from .models import Tag, TaggedItem


@admin.register(Tag)
class TagAdmin(UniqueKeyAdmin, ConcurrentEditAdmin):
    search_fields = ["label"]
    show_full_result_count = False

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        """Count the objects that lose a tag: thousands may have it."""
        names = [str(tag) for tag in objs]
        items = TaggedItem.objects.filter(tag__in=list(objs)).count()
        return names, {"tags": len(names), "tagged objects": items}, set(), []
