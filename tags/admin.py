from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from storefront.unique_keys.admin import UniqueKeyAdmin

from .merging import MergingAdmin
from .models import Tag, TaggedItem


@admin.register(Tag)
class TagAdmin(UniqueKeyAdmin, MergingAdmin):
    list_display = ["label", "items_count"]
    fields = ["label"]
    search_fields = ["label"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        queryset: Any = super().get_queryset(request)
        return queryset.with_items_count()

    @admin.display(description="objects", ordering="items_count")
    def items_count(self, tag: Any) -> int:
        count: int = tag.items_count
        return count

    def render_change_form(
        self, request: Any, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        form = context["adminform"].form
        if request.method == "POST" and "label" in form.errors and form.instance.pk:
            # What the form refuses is on the instance; the tag has its name of before.
            tag = Tag.objects.get(pk=form.instance.pk)
            if offer := self.offer_merge(request, tag, form.data.get("label", "")):
                messages.warning(request, offer)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        """Count the objects that lose a tag: thousands may have it."""
        names = [str(tag) for tag in objs]
        items = TaggedItem.objects.filter(tag__in=list(objs)).count()
        return names, {"tags": len(names), "tagged objects": items}, set(), []
