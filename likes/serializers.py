from rest_framework import serializers

from storefront.generic_relations import PointingSerializer, RelatedModelField
from storefront.serializers import ModelSerializer

from .models import LikedItem


class LikeableModelField(RelatedModelField):
    relation = LikedItem
    refusal = "Objects of this type cannot be liked."


class LikedItemSerializer(PointingSerializer, ModelSerializer):
    content_type = LikeableModelField()
    object_id = serializers.IntegerField(min_value=0)

    class Meta:
        model = LikedItem
        fields = ["id", "content_type", "object_id"]
