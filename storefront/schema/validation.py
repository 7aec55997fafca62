"""The bodies that tell what is wrong with the fields of a request."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers
from rest_framework.settings import api_settings

from .refusals import NO_CODE

TEXTS: dict[str, Any] = {"type": "array", "items": {"type": "string"}, "minItems": 1}
WHOLE = str(api_settings.NON_FIELD_ERRORS_KEY)


def errors_of(
    serializer: serializers.Serializer, *, is_patch: bool = False, elsewhere: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the schema of a serializer's errors; a PATCH is told of fields that it cannot change, too."""
    fields = {
        name: errors_of_field(field)
        for name, field in serializer.fields.items()
        if is_patch or not field.read_only
    }
    return errors_schema(fields | dict.fromkeys(elsewhere, TEXTS))


def errors_of_names(names: Iterable[str]) -> dict[str, Any]:
    return errors_schema(dict.fromkeys(names, TEXTS))


def errors_schema(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": f"What is wrong with each field, and with all of them together (`{WHOLE}`).",
        "properties": {**fields, WHOLE: TEXTS, "code": NO_CODE},
        "additionalProperties": False,
        "minProperties": 1,
    }


def errors_of_field(field: Any) -> dict[str, Any]:
    if isinstance(field, serializers.ListSerializer):
        return either(array_of(errors_of_field(field.child)))
    if isinstance(field, serializers.Serializer):
        nested = errors_of(field)
        return either({**nested, "description": "Of its fields."})
    if isinstance(field, serializers.ListField):
        # By the place of the item.
        return either({"type": "object", "additionalProperties": errors_of_field(field.child)})
    return TEXTS


def either(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of errors that tell of the value as a whole, or of its parts."""
    return {"anyOf": [TEXTS, schema]}


def array_of(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


def example_of(schema: dict[str, Any]) -> dict[str, Any]:
    """Return an example of errors."""
    names = [name for name in schema["properties"] if name not in (WHOLE, "code")]
    return {next(iter(names), WHOLE): ["This field is required."]}
