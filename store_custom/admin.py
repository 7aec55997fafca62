from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.contenttypes.admin import GenericTabularInline
from django.contrib.contenttypes.forms import BaseGenericInlineFormSet
from django.db.models import QuerySet
from django.http import HttpRequest

from store.admin.bulk_edits import RelationForm, adding, edit_action
from store.admin.catalog import ProductAdmin
from store.admin.promotion_calendar import Names, named_by_promotion
from store.admin.promotions import PromotionAdmin
from store.models import Product, Promotion
from storefront.admin.options import ConcurrentEditInline
from tags.models import Tag, TaggedItem

from .models import PromotedTag
from .tagging import ProductTags


class TagsFormSet(BaseGenericInlineFormSet):
    def clean(self) -> None:
        """Refuse a tag twice; the constraint spans columns that no form shows."""
        super().clean()
        tags: set[int] = set()
        for form in self.forms:
            tag = form.cleaned_data.get("tag") if hasattr(form, "cleaned_data") else None
            if tag is None or form.cleaned_data.get("DELETE"):
                continue
            key = getattr(tag, "pk", tag)
            if key in tags:
                form.add_error("tag", "The product has this tag already.")
            tags.add(key)


class PromotedTagInline(ConcurrentEditInline, admin.TabularInline):
    model = PromotedTag
    fields = ["tag"]
    autocomplete_fields = ["tag"]
    extra = 0
    verbose_name = "tag"
    verbose_name_plural = "tags whose products have it"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PromotedTag]:
        return super().get_queryset(request).select_related("tag")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TagInline(ConcurrentEditInline, GenericTabularInline):
    model = TaggedItem
    formset: Any = TagsFormSet
    fields = ["tag"]
    autocomplete_fields = ["tag"]
    extra = 0
    verbose_name = "tag"
    verbose_name_plural = "tags"

    def get_queryset(self, request: HttpRequest) -> QuerySet[TaggedItem]:
        return super().get_queryset(request).select_related("tag", "content_type")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TagForm(RelationForm):
    relation = ProductTags()
    other = forms.ModelChoiceField(
        Tag.objects.all(),
        label="Tag",
        widget=AutocompleteSelect(TaggedItem._meta.get_field("tag"), admin.site),
    )


admin.site.unregister([Product, Promotion])


@admin.register(Product)
class CustomProductAdmin(ProductAdmin):
    """The shop's product with its tags, which the shop itself knows nothing of."""

    inlines = [*ProductAdmin.inlines, TagInline]
    actions = [
        *ProductAdmin.actions,
        edit_action("add_tag", "Add a tag", adding(TagForm, True)),
        edit_action("take_tag", "Take a tag away", adding(TagForm, False)),
    ]


@admin.register(Promotion)
class CustomPromotionAdmin(PromotionAdmin):
    """The shop's promotion with the tags whose products have it."""

    def targets(self, promotions: Iterable[Promotion]) -> Names:
        promotions = list(promotions)
        found = super().targets(promotions)
        tags = PromotedTag.objects.filter(promotion__in=promotions)
        for key, names in named_by_promotion(tags, "tag__label", "tag").items():
            found[key] = [*found.get(key, []), *names]
        return found

    inlines = [PromotedTagInline]
