from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from store.models import Product
from tags.models import Tag, TaggedItem


class TagLabels:
    """The tags of products, for the shop to search."""

    def labels(self) -> Iterable[tuple[Any, str]]:
        return Tag.objects.order_by().values_list("pk", "label")

    def products(self, keys: Sequence[Any]) -> QuerySet[TaggedItem, Any]:
        product = ContentType.objects.get_for_model(Product)
        items = TaggedItem.objects.filter(content_type=product, tag__in=keys).order_by()
        return items.values_list("object_id")
