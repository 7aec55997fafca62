"""Values as forms show and send them."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.timezone import localtime


def fields_of(row: Model) -> list[Any]:
    return [*row._meta.concrete_fields, *row._meta.many_to_many]


def stored_value(row: Model, name: str, initial: Any) -> Any:
    """Return what a form's field would clean the stored value to."""
    field = row._meta.get_field(name)
    return getattr(row, name) if field.many_to_one or field.one_to_one else initial


def is_key(field: Any, value: Any) -> bool:
    """Tell whether a value from outside may be the key of a row that the field chooses from."""
    key = field.queryset.model._meta.get_field(
        field.to_field_name or field.queryset.model._meta.pk.name
    )
    try:
        key.clean(value, None)
    except ValidationError:
        return False
    return True


def lines_of(value: Any) -> Any:
    """Return a text with plain line ends: it travels through a form with others."""
    if not isinstance(value, str | int):
        return value
    return str(value).replace("\r\n", "\n").replace("\r", "\n")


def as_typed(field: Any, value: Any) -> Any:
    """Return a value as the box of a field holds it: one of a single line drops the ends of lines."""
    lines = lines_of(value)
    is_line = isinstance(field.widget, forms.TextInput) and isinstance(lines, str)
    return lines.replace("\n", "") if is_line else lines


def text_of(field: Any, value: Any) -> str:
    """Return a value as people read it in the form."""
    if value in (None, "", []):
        return "nothing"
    if isinstance(field, forms.BooleanField):
        return "yes" if value else "no"
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        choices: Any = field.choices
        labels = {str(key): str(label) for key, label in choices}
        shown = field.prepare_value(value)
        keys = shown if isinstance(shown, list | tuple) else [shown]
        return ", ".join(labels.get(str(key), str(key)) for key in keys)
    if isinstance(value, datetime):
        return localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    return str(value)
