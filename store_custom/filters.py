from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field

from likes.models import LikedItem
from store.models import Product
from storefront.filters import MAX_REPEATED, RepeatedField
from tags.models import TaggedItem


@extend_schema_field({"type": "array", "items": {"type": "string"}, "maxItems": MAX_REPEATED})
class TagFilter(filters.Filter):
    """Products that carry one of the tags, each by its label or its id."""

    field_class = RepeatedField

    def __init__(self, **kwargs: Any) -> None:
        help_text = "May be repeated: products with any of them."
        super().__init__(label="Tag, by label or id", help_text=help_text, **kwargs)

    def filter(self, queryset: QuerySet[Product], value: list[str]) -> QuerySet[Product]:
        if not value:
            return queryset
        return queryset.filter(pk__in=TaggedItem.objects.objects_tagged(Product, *value))


class LikedFilter(filters.BooleanFilter):
    """Products that who asks likes, or those that they do not; a visitor likes none."""

    # A response is of one user.
    is_personal = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="Liked", help_text="Products that you like.", **kwargs)

    def filter(self, queryset: QuerySet[Product], value: bool | None) -> QuerySet[Product]:
        if value is None:
            return queryset
        user: Any = getattr(self.parent.request.user, "pk", None)
        products = ContentType.objects.get_for_model(Product)
        own = LikedItem.objects.filter(user_id=user, content_type=products)
        liked = own.order_by().values("object_id")
        return queryset.filter(pk__in=liked) if value else queryset.exclude(pk__in=liked)
