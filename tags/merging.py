"""The page of the admin that merges tags: which one stays, and what that does."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from storefront.admin.actions import (
    CHANGED_SINCE,
    intermediate_page_action,
    log_bulk_action,
    write_log,
)
from storefront.admin.options import ConcurrentEditAdmin
from storefront.admin.values import lines_of
from storefront.converters import is_key

from .exceptions import TagsChanged
from .models import Tag
from .services import merge_tags

# Tags that one page merges.
MOST = 50
FEW = "Choose two tags or more, of which one stays."
MANY = f"At most {MOST} tags are merged at once."
# Rows of other apps that the page names, of each kind.
NAMED = 10


class MergingAdmin(ConcurrentEditAdmin):
    """Merges tags after a page that asks which one stays."""

    actions = ["merge"]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.merge_view)
        return [path("merge/", view, name="tags_tag_merge"), *super().get_urls()]

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request) and self.has_delete_permission(request)

    @intermediate_page_action(permissions=["merge"], description="Merge")
    def merge(self, request: HttpRequest, queryset: QuerySet[Tag]) -> HttpResponse | None:
        keys = list(queryset.values_list("pk", flat=True)[: MOST + 1])
        if len(keys) > MOST:
            self.message_user(request, MANY, messages.ERROR)
            return None
        return HttpResponseRedirect(merge_url(keys))

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        """Show what a merge would do, or do it once confirmed."""
        if not self.has_merge_permission(request):
            raise PermissionDenied
        asked = [key for key in request.GET.getlist("tag") if is_key(key)]
        tags = list(self.get_queryset(request).filter(pk__in=asked[:MOST]).order_by("label", "pk"))
        if len(tags) < 2:
            # The second click of a double one finds the tags merged.
            gone = request.method == "POST" or len(asked) > 1
            message = (
                "The tags are merged or deleted already. Nothing was changed." if gone else FEW
            )
            self.message_user(request, message, messages.WARNING)
            return HttpResponseRedirect(reverse("admin:tags_tag_changelist"))
        into = next((tag for tag in tags if str(tag.pk) == self.chosen(request)), None)
        if request.method == "POST" and into is not None:
            return self.merge_shown(request, tags, into)
        if request.method == "POST":
            self.message_user(request, "Choose which tag stays.", messages.ERROR)
        return self.merge_page(request, tags, into)

    def chosen(self, request: HttpRequest) -> str | None:
        sent: Any = request.POST if request.method == "POST" else request.GET
        chosen: str | None = sent.get("into")
        return chosen

    def merge_shown(self, request: Any, tags: list[Tag], into: Tag) -> HttpResponse:
        """Merge the tags with the labels that the page has shown."""
        current = {str(tag.pk): tag.label for tag in tags}
        labels = {}
        for key in filter(is_key, request.POST.getlist("tag")):
            shown = request.POST.get(f"label-{key}", "")
            stored = current.get(key, "")
            labels[int(key)] = stored if lines_of(stored) == lines_of(shown) else shown
        try:
            moved = merge_tags(labels=labels, into=into.pk)
        except TagsChanged:
            self.message_user(request, CHANGED_SINCE, messages.WARNING)
            return self.merge_page(request, tags, into)
        merged = [label for key, label in labels.items() if key != into.pk]
        names = ", ".join(f"“{label}”" for label in merged)
        write_log(request, [into], Tag, 1, f"Merged {names} into it.")
        log_bulk_action(request, "merge", Tag, len(labels))
        objects = ngettext("%d object has", "%d objects have", moved) % moved
        message = f"Merged {names} into “{into.label}”, which {objects} now in their place."
        self.message_user(request, message, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:tags_tag_changelist"))

    def merge_page(self, request: Any, tags: list[Tag], into: Tag | None) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Merge tags",
            "opts": self.opts,
            "media": self.media,
            "tags": tags,
            # The most used one is what most objects need no change for.
            "into": into or max(tags, key=lambda tag: getattr(tag, "items_count", 0)),
            "followers": followers_of(tags),
            "back": reverse("admin:tags_tag_changelist"),
        }
        return TemplateResponse(request, "admin/tags/merge.html", context)

    def offer_merge(self, request: HttpRequest, tag: Tag, label: str) -> SafeString | None:
        """Return where a tag that is renamed to a label that is taken can be merged instead."""
        others = Tag.objects.filter(Tag.objects.has_text("label", label)).exclude(pk=tag.pk)
        other = others.first() if self.has_merge_permission(request) else None
        if other is None:
            return None
        url = merge_url([tag.pk, other.pk], into=other.pk)
        offer = "“{}” exists already. <a href='{}'>Merge “{}” into it</a> instead?"
        return format_html(offer, other.label, url, tag.label)


def merge_url(keys: Iterable[int], into: int | None = None) -> str:
    query = "&".join([*(f"tag={key}" for key in keys), *([f"into={into}"] if into else [])])
    return f"{reverse('admin:tags_tag_merge')}?{query}"


def followers_of(tags: list[Tag]) -> list[tuple[str, list[str], int]]:
    """Return the rows of other apps that refer to the tags: their kind, a few names, and how many more there are."""
    found = []
    for relation in Tag._meta.related_objects:
        if relation.name == "items":
            continue
        model: Any = relation.related_model
        rows = model._default_manager.filter(**{f"{relation.field.name}__in": tags})
        count = rows.count()
        if count:
            names = [str(row) for row in rows.select_related()[:NAMED]]
            found.append((str(model._meta.verbose_name_plural), names, count - len(names)))
    return found
