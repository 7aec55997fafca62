from typing import Any

from rest_framework import serializers

from storefront.generic_relations import PointingSerializer, RelatedModelField
from storefront.serializers import ModelSerializer
from storefront.unique_keys.serializers import UniqueKeySerializer

from .models import Tag, TaggedItem


class TagSerializer(UniqueKeySerializer):
    class Meta:
        model = Tag
        fields = ["id", "label"]


class TaggableModelField(RelatedModelField):
    relation = TaggedItem
    refusal = "Objects of this type cannot be tagged."


class TaggedItemSerializer(PointingSerializer, ModelSerializer):
    tag = serializers.PrimaryKeyRelatedField(
        queryset=Tag.objects.all(),
        pk_field=serializers.IntegerField(),
        style={"base_template": "input.html", "input_type": "number"},
    )
    content_type = TaggableModelField()
    object_id = serializers.IntegerField(min_value=0)

    class Meta:
        model = TaggedItem
        fields = ["id", "tag", "content_type", "object_id"]
        # Tagging again is no error: the view answers with the tag that is there.
        validators: list[Any] = []
