from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from rest_framework import serializers

from storefront.serializers import ModelSerializer

from .models import LikedItem


class LikeableModelField(serializers.Field):
    """A model as "app_label.model"; one is likeable that has a generic relation to LikedItem."""

    @staticmethod
    def models() -> dict[str, type[Model]]:
        """Return the likeable models by name."""
        return {
            model._meta.label_lower: model
            for model in apps.get_models()
            if any(field.related_model is LikedItem for field in model._meta.private_fields)
        }

    def to_representation(self, value: ContentType) -> str:
        return f"{value.app_label}.{value.model}"

    def to_internal_value(self, data: Any) -> ContentType:
        model = self.models().get(str(data).lower())
        if model is None:
            raise serializers.ValidationError("Objects of this type cannot be liked.")
        return ContentType.objects.get_for_model(model)


class LikedItemSerializer(ModelSerializer):
    content_type = LikeableModelField()
    object_id = serializers.IntegerField(min_value=0)

    class Meta:
        model = LikedItem
        fields = ["id", "content_type", "object_id"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        objects = attrs["content_type"].model_class()._default_manager.all()
        # What somebody may not see is not there.
        if hasattr(objects, "visible_to"):
            objects = objects.visible_to(self.context["request"].user)
        if not objects.filter(pk=attrs["object_id"]).exists():
            raise serializers.ValidationError({"object_id": ["No object with this ID was found."]})
        return attrs
