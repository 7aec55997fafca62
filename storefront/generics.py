"""What the generic views of every app have in common."""

from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.fields import empty
from rest_framework.serializers import Field, Serializer
from rest_framework.settings import api_settings

from .preconditions import PreconditionsMixin


class PatchMixin(PreconditionsMixin):
    """Refuses a PATCH that would change nothing, once all else that could refuse it has had its turn."""

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        serializer: Any = super().get_serializer(*args, **kwargs)
        if kwargs.get("partial") and has_no_writable_field(serializer):
            elsewhere = self.changed_elsewhere(serializer.initial_data)
            raise ValidationError({**nothing_to_change(serializer), **elsewhere})
        return serializer

    def changed_elsewhere(self, sent: Mapping[str, Any]) -> dict[str, list[str]]:
        """Return by name how fields are changed that a PATCH does not change."""
        return {}


def has_no_writable_field(serializer: Serializer) -> bool:
    sent = getattr(serializer, "initial_data", None)
    # What is no object is refused as such.
    return isinstance(sent, Mapping) and all(
        field.get_value(sent) is empty for field in writable_fields(serializer)
    )


def nothing_to_change(serializer: Serializer) -> dict[str, list[str]]:
    names = ", ".join(str(field.field_name) for field in writable_fields(serializer))
    return {
        **{
            name: ["This field cannot be changed here."]
            for name, field in serializer.fields.items()
            if field.read_only and name in serializer.initial_data
        },
        str(api_settings.NON_FIELD_ERRORS_KEY): [f"Name at least one field to change: {names}."],
    }


def writable_fields(serializer: Serializer) -> list[Field]:
    """Return the fields that are changed; what only confirms a change, such as a password, is none."""
    confirming = getattr(serializer, "confirming_fields", ())
    return [
        field
        for name, field in serializer.fields.items()
        if not field.read_only and name not in confirming
    ]
