"""Serializers that build their fields once for a class: to build them takes longer than to read a page of rows."""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils.functional import cached_property
from rest_framework import serializers
from rest_framework.fields import SkipField, empty
from rest_framework.permissions import SAFE_METHODS
from rest_framework.relations import PKOnlyObject
from rest_framework.settings import api_settings
from rest_framework.utils.serializer_helpers import BindingDict

big_integer: Any = serializers.ModelSerializer.serializer_field_mapping[models.BigIntegerField]
# What these methods of Django REST framework do to a value.
CONVERSIONS: dict[Any, Callable[[Any], Any]] = {
    serializers.CharField.to_representation: str,
    serializers.IntegerField.to_representation: int,
    serializers.FloatField.to_representation: float,
    big_integer.to_representation: str if api_settings.COERCE_BIGINT_TO_STRING else int,
}
# The parameter that names the fields of a response.
FIELDS = "fields"
# A class that overrides one of these may choose its fields for each instance.
CHOOSING = (
    *("__init__", "fields", "_readable_fields", "get_fields", "get_field_names"),
    *("get_default_field_names", "get_extra_kwargs", "include_extra_kwargs", "build_field"),
    *("build_standard_field", "build_relational_field", "build_nested_field"),
    *("build_property_field", "build_url_field", "build_unknown_field"),
)
# What the usual way answers with a default, with none or with an explanation.
MISSING = (AttributeError, KeyError, ObjectDoesNotExist)


class Reader(NamedTuple):
    """How the value of one field is read from a row and shown."""

    name: str
    get: Callable[[Any], Any]
    show: Callable[[Any], Any]


class ModelSerializer(serializers.ModelSerializer):
    """A ModelSerializer that shows rows with fields that were built once for its class.

    An instance whose `fields` somebody has asked for, to change them or to validate, goes the usual way.
    """

    @classmethod
    def many_init(cls, *args: Any, **kwargs: Any) -> Any:
        rows: Any = super().many_init(*args, **kwargs)
        # An unknown field is refused where there are no rows, too.
        asked_fields(rows.child)
        return rows

    def to_representation(self, instance: Any) -> dict[str, Any]:
        is_row = isinstance(instance, self.Meta.model)
        if not is_row or "fields" in self.__dict__ or fields_of(type(self)) is None:
            return self.only_asked(super().to_representation(instance))
        shown: dict[str, Any] = {}
        for name, get, show in self._readers:
            try:
                value = get(instance)
            except SkipField:
                continue
            except MISSING:
                return self.only_asked(super().to_representation(instance))
            shown[name] = None if value is None else show(value)
        return shown

    def only_asked(self, shown: dict[str, Any]) -> dict[str, Any]:
        asked = asked_fields(self)
        return {name: shown[name] for name in shown if name in asked} if asked else shown

    @cached_property
    def _readers(self) -> list[Reader]:
        fields = fields_of(type(self)) or ()
        asked = asked_fields(self)
        return [reader(each, self) for each in fields if not asked or each.field_name in asked]


def asked_fields(serializer: Any) -> set[str]:
    """Return the fields of a response that a reader asks for with `fields=`, none where they ask for all."""
    request = serializer.context.get("request")
    parent, root = serializer.parent, serializer.root
    is_row_of_list = parent is root and isinstance(parent, serializers.ListSerializer)
    is_whole = serializer is root or is_row_of_list
    parameters: Any = getattr(request, "query_params", None)
    if not parameters or request.method not in SAFE_METHODS or not is_whole:
        return set()
    values = parameters.getlist(FIELDS)
    asked = {name.strip() for value in values for name in value.split(",")} - {""}
    fields = fields_of(type(serializer))
    fields = [*serializer.fields.values()] if fields is None else fields
    known = {str(field.field_name) for field in fields if not field.write_only}
    if unknown := sorted(asked - known):
        names = ", ".join(sorted(known))
        refused = [f'There is no field "{name}"; there are {names}.' for name in unknown[:1]]
        raise serializers.ValidationError({FIELDS: refused})
    return asked


def chooses(serializer: type[serializers.ModelSerializer]) -> bool:
    plain = serializers.ModelSerializer
    return any(getattr(serializer, name) is not getattr(plain, name) for name in CHOOSING)


def fields_of(serializer: type[serializers.ModelSerializer]) -> list[serializers.Field] | None:
    """Return the fields that a class shows, built once; None of a class that chooses them for each instance."""
    # On the class, so that one which a view makes for a request goes with it.
    if "_fields_of_class" not in serializer.__dict__:
        vars_of: Any = serializer
        vars_of._fields_of_class = (
            None
            if chooses(serializer)
            else [field for field in serializer().fields.values() if not field.write_only]
        )
    found: list[serializers.Field] | None = serializer.__dict__["_fields_of_class"]
    return found


def reader(field: Any, parent: Any) -> Reader:
    kind, name, source = type(field), field.field_name, field.source
    values, keys = values_of(parent.Meta.model)
    if kind is serializers.PrimaryKeyRelatedField and source in keys:
        return Reader(name, attrgetter(keys[source]), key_shown_by(field))
    is_plain = source in values and kind.get_attribute is serializers.Field.get_attribute
    conversion = CONVERSIONS.get(kind.to_representation)
    if is_plain and conversion:
        return Reader(name, attrgetter(source), conversion)
    own = adopted(field, parent)
    get = attrgetter(source) if is_plain else own.get_attribute
    show = conversion or own.to_representation
    is_key = isinstance(field, serializers.RelatedField)
    return Reader(name, get, unless_none(show) if is_key else show)


def unless_none(show: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return what shows a related row, and none for what stands for a row that is not there."""
    return lambda row: None if isinstance(row, PKOnlyObject) and row.pk is None else show(row)


def key_shown_by(field: Any) -> Callable[[Any], Any]:
    """Return what shows the key of a related row, for which no row is made around it."""
    return field.pk_field.to_representation if field.pk_field else lambda key: key


@cache
def values_of(model: type[models.Model]) -> tuple[set[str], dict[str, str]]:
    """Return the attributes of a row that are values, never methods to be called, and the columns of keys by name."""
    columns = {field.attname for field in model._meta.concrete_fields}
    attributes = {
        name: value for each in reversed(model.__mro__) for name, value in vars(each).items()
    }
    properties = {
        name for name, value in attributes.items() if isinstance(value, property | cached_property)
    }
    keys = {
        field.name: field.attname
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.target_field.primary_key
    }
    return columns | properties, keys


def adopted(field: Any, parent: Any) -> Any:
    """Return a copy of a field that takes its context, such as the request, from another parent."""
    own = object.__new__(type(field))
    own.__dict__.update(field.__dict__, parent=parent)
    own.__dict__.pop("_readers", None)
    if "fields" in own.__dict__:
        # It chose them as it was made.
        chosen = own.__dict__["fields"] = BindingDict(own)
        chosen.fields.update({name: adopted(f, own) for name, f in field.fields.items()})
    for name in ("child", "child_relation"):
        if name in own.__dict__:
            own.__dict__[name] = adopted(own.__dict__[name], own)
    return own


class YesOrNoField(serializers.BooleanField):
    """A choice of yes and no; a form that does not name it leaves it alone."""

    default_empty_html: Any = empty

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("style", {"base_template": "yes_or_no.html"})
        super().__init__(**kwargs)
