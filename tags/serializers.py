from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from storefront.serializers import ModelSerializer
from storefront.unique_keys.serializers import UniqueKeySerializer

from .models import Tag, TaggedItem


class TagSerializer(UniqueKeySerializer):
    class Meta:
        model = Tag
        fields = ["id", "label"]


@extend_schema_field(str)
class TaggableModelField(serializers.Field):
    """A model as "app_label.model"; one is taggable that has a generic relation to TaggedItem."""

    def to_representation(self, value: ContentType) -> str:
        return f"{value.app_label}.{value.model}"

    def to_internal_value(self, data: Any) -> ContentType:
        for model in apps.get_models():
            if model._meta.label_lower == str(data).lower() and any(
                field.related_model is TaggedItem for field in model._meta.private_fields
            ):
                return ContentType.objects.get_for_model(model)
        raise serializers.ValidationError("Objects of this type cannot be tagged.")


class TaggedItemSerializer(ModelSerializer):
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

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        model = attrs["content_type"].model_class()
        if not model._default_manager.filter(pk=attrs["object_id"]).exists():
            raise serializers.ValidationError({"object_id": ["No object with this ID was found."]})
        return attrs
