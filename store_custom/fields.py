from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, QuerySet
from rest_framework import serializers

from store.compiled import Many, compiled_select
from store.models import Product
from tags.models import TaggedItem


class TagsField(serializers.ListField):
    """The labels of a product's tags, in order; `load()` reads those of many products in one query."""

    child = serializers.CharField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, help_text="Labels of its tags.", **kwargs)

    def get_attribute(self, instance: Product) -> list[str]:
        if "tag_labels" not in instance.__dict__:
            self.load([instance])
        labels: list[str] = instance.__dict__["tag_labels"]
        return labels

    def to_representation(self, value: list[str]) -> list[str]:
        return value

    @staticmethod
    def load(products: Sequence[Product]) -> None:
        """Load into products the labels of their tags."""
        labels: dict[int, list[str]] = {product.pk: [] for product in products}
        products_type = ContentType.objects.get_for_model(Product)
        for key, label in labels_of.rows(content_type=products_type.pk, object_ids=[*labels]):
            labels[key].append(label)
        for product in products:
            product.__dict__["tag_labels"] = labels[product.pk]


@compiled_select(content_type=BigIntegerField(), object_ids=Many(BigIntegerField()))
def labels_of(content_type: Any, object_ids: Any) -> QuerySet[Any, Any]:
    items = TaggedItem.objects.filter(content_type=content_type, object_id__in=object_ids)
    return items.order_by("tag__label", "tag").values_list("object_id", "tag__label")
