from typing import Any

from rest_framework import serializers

from ..models.reviews import MAX_RATING
from .amounts import AmountField


class CollectionCountSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    count = serializers.IntegerField()


class TagCountSerializer(serializers.Serializer):
    def get_fields(self) -> dict[str, Any]:
        # The class has an attribute of that name.
        return {"label": serializers.CharField(), "count": serializers.IntegerField()}


class PriceRangeSerializer(serializers.Serializer):
    min = AmountField(allow_null=True, help_text="Null without products.")
    max = AmountField(allow_null=True)


class PriceBandSerializer(serializers.Serializer):
    min = AmountField(help_text="What `price_min` takes.")
    max = AmountField(help_text="What `price_max` takes.")
    count = serializers.IntegerField()


class RatingCountSerializer(serializers.Serializer):
    min = serializers.IntegerField(
        min_value=1, max_value=MAX_RATING, help_text="What `rating_min` takes."
    )
    count = serializers.IntegerField()


class StockCountSerializer(serializers.Serializer):
    def get_fields(self) -> dict[str, Any]:
        # Named as the values that `in_stock` takes.
        return {"true": serializers.IntegerField(), "false": serializers.IntegerField()}


class FacetsSerializer(serializers.Serializer):
    """Counts of list prices, collections and so on, each of the products that the other filters leave."""

    collections = CollectionCountSerializer(many=True)
    tags = TagCountSerializer(many=True, default=list)
    prices = PriceBandSerializer(many=True)
    ratings = RatingCountSerializer(many=True)
    in_stock = StockCountSerializer()
    price = PriceRangeSerializer()
