from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from rest_framework import serializers

from storefront.serializers import ModelSerializer
from storefront.unique_keys.serializers import UniqueKeySerializer

from .models import Tag, TaggedItem


class TagSerializer(UniqueKeySerializer):
    class Meta:
        model = Tag
        fields = ["id", "label"]


class TaggableModelField(serializers.Field):
    """A model as "app_label.model"; one is taggable that has a generic relation to TaggedItem."""

    @staticmethod
    def models() -> dict[str, type[Model]]:
        """Return the taggable models by name."""
        return {
            model._meta.label_lower: model
            for model in apps.get_models()
            if any(field.related_model is TaggedItem for field in model._meta.private_fields)
        }

    def to_representation(self, value: ContentType) -> str:
        return f"{value.app_label}.{value.model}"

    def to_internal_value(self, data: Any) -> ContentType:
        model = self.models().get(str(data).lower())
        if model is None:
            raise serializers.ValidationError("Objects of this type cannot be tagged.")
        return ContentType.objects.get_for_model(model)


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
