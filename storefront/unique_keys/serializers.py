from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Field, Model
from rest_framework import serializers
from rest_framework.validators import UniqueValidator

from ..serializers import ModelSerializer
from .fields import digest_fields, refusals


class UniqueKeyValidator:
    """Refuses a text that another row has in whatever spelling."""

    requires_context = True

    def __init__(self, model_field: Field) -> None:
        self.model: type[Model] = model_field.model
        self.source = model_field.name

    def __call__(self, value: str, serializer_field: Any) -> None:
        owner = serializer_field.parent.owner
        reasons = refusals(self.model, self.source, value, pk=owner.pk if owner else None)
        if reasons:
            raise serializers.ValidationError(reasons, code="unique")


# What refuses a value that another row has.
UNIQUE_VALIDATORS = (UniqueKeyValidator, UniqueValidator)


class UniqueFieldsSerializer(ModelSerializer):
    """Tells the slower of two requests at once which field is taken."""

    def save(self, **kwargs: Any) -> Any:
        try:
            with transaction.atomic():
                return super().save(**kwargs)
        except IntegrityError:
            self.refuse_taken()
            raise

    def refuse_taken(self) -> None:
        """Raise ValidationError by field for what was taken since it was validated."""
        errors: dict[str, Any] = {}
        for name, field in self.fields.items():
            checks = [each for each in field.validators if isinstance(each, UNIQUE_VALIDATORS)]
            # Null is no value that two rows could share.
            value = self.validated_data.get(field.source)
            if checks and value is not None:
                try:
                    checks[0](value, field)
                except serializers.ValidationError as error:
                    errors[name] = error.detail
        if errors:
            raise serializers.ValidationError(errors)


class UniqueKeySerializer(UniqueFieldsSerializer):
    """Compares texts by their keys."""

    @property
    def owner(self) -> Model | None:
        """The row that may have a text because it has it already."""
        return self.instance if isinstance(self.instance, Model) else None

    def build_standard_field(
        self, field_name: str, model_field: Field
    ) -> tuple[Any, dict[str, Any]]:
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        if any(field.source == model_field.name for field in digest_fields(model_field.model)):
            others = [
                validator
                for validator in kwargs.get("validators", [])
                if not isinstance(validator, UniqueValidator)
            ]
            kwargs["validators"] = [*others, UniqueKeyValidator(model_field)]
        return field_class, kwargs
