from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from store.models import Product
from tags.models import TaggedItem


class TagFilter(filters.CharFilter):
    """Products that carry a tag, by its label or its id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="Tag, by label or id", **kwargs)

    def filter(self, queryset: QuerySet[Product], value: str) -> QuerySet[Product]:
        if not value:
            return queryset
        return queryset.filter(pk__in=TaggedItem.objects.objects_tagged(Product, value))
