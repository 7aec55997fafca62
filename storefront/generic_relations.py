"""Rows that point to an object of any model that takes part: tags, likes."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from rest_framework import serializers


def objects_seen_by(user: Any, model: type[Model]) -> QuerySet[Any]:
    """Return the objects of a model that somebody may see."""
    objects = model._default_manager.all()
    return objects.visible_to(user) if hasattr(objects, "visible_to") else objects


def pointing_to_seen(
    rows: QuerySet[Any], user: Any, models: Iterable[type[Model]]
) -> QuerySet[Any]:
    """Leave out the rows that point to objects which somebody may not see."""
    for model in models:
        every = model._default_manager.filter(pk=OuterRef("object_id")).order_by()
        if hasattr(every, "visible_to"):
            of_model = Q(content_type=ContentType.objects.get_for_model(model))
            rows = rows.exclude(of_model & Exists(every) & ~Exists(every.visible_to(user)))
    return rows


class RelatedModelField(serializers.Field):
    """A model as "app_label.model"; one takes part that has a generic relation to the rows."""

    # Of which rows.
    relation: type[Model]
    refusal = ""

    @classmethod
    def models(cls) -> dict[str, type[Model]]:
        """Return the models that take part, by name."""
        return {
            model._meta.label_lower: model
            for model in apps.get_models()
            if any(field.related_model is cls.relation for field in model._meta.private_fields)
        }

    def to_representation(self, value: ContentType) -> str:
        return f"{value.app_label}.{value.model}"

    def to_internal_value(self, data: Any) -> ContentType:
        model = self.models().get(str(data).lower())
        if model is None:
            raise serializers.ValidationError(self.refusal)
        return ContentType.objects.get_for_model(model)


class PointingSerializer(serializers.Serializer):
    """Refuses an object that who asks does not see."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        user = self.context["request"].user
        seen = objects_seen_by(user, attrs["content_type"].model_class())
        if not seen.filter(pk=attrs["object_id"]).exists():
            raise serializers.ValidationError({"object_id": ["No object with this ID was found."]})
        return attrs
