"""Serializers that build their fields once for a class: to build them takes longer than to read a page of rows."""

from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import models
from django.utils.functional import cached_property
from rest_framework import serializers
from rest_framework.fields import SkipField
from rest_framework.settings import api_settings

big_integer: Any = serializers.ModelSerializer.serializer_field_mapping[models.BigIntegerField]
# What these methods of Django REST framework do to a value.
CONVERSIONS: dict[Any, Callable[[Any], Any]] = {
    serializers.CharField.to_representation: str,
    serializers.IntegerField.to_representation: int,
    serializers.FloatField.to_representation: float,
    big_integer.to_representation: str if api_settings.COERCE_BIGINT_TO_STRING else int,
}
# A class that overrides one of these may choose its fields for each instance.
CHOOSING = ("__init__", "get_fields", "fields", "_readable_fields")


class Reader(NamedTuple):
    """How the value of one field is read from a row and shown."""

    name: str
    get: Callable[[Any], Any]
    show: Callable[[Any], Any]


class ModelSerializer(serializers.ModelSerializer):
    """A ModelSerializer that shows rows with fields that were built once for its class.

    An instance whose `fields` somebody has asked for, to change them or to validate, goes the usual way.
    """

    def to_representation(self, instance: Any) -> dict[str, Any]:
        if "fields" in self.__dict__ or isinstance(instance, Mapping) or chooses(type(self)):
            return super().to_representation(instance)
        shown: dict[str, Any] = {}
        for name, get, show in self._readers:
            try:
                value = get(instance)
            except SkipField:
                continue
            shown[name] = None if value is None else show(value)
        return shown

    @cached_property
    def _readers(self) -> list[Reader]:
        return [reader(field, self) for field in fields_of(type(self))]


@cache
def chooses(serializer: type[serializers.ModelSerializer]) -> bool:
    plain = serializers.ModelSerializer
    return any(getattr(serializer, name) is not getattr(plain, name) for name in CHOOSING)


@cache
def fields_of(serializer: type[serializers.ModelSerializer]) -> list[serializers.Field]:
    return [field for field in serializer().fields.values() if not field.write_only]


def reader(field: Any, parent: Any) -> Reader:
    kind, name, source = type(field), field.field_name, field.source
    values, keys = values_of(parent.Meta.model)
    if kind is serializers.PrimaryKeyRelatedField and source in keys:
        return Reader(name, attrgetter(keys[source]), key_shown_by(field))
    own = adopted(field, parent)
    is_plain = source in values and kind.get_attribute is serializers.Field.get_attribute
    get = attrgetter(source) if is_plain else own.get_attribute
    return Reader(name, get, CONVERSIONS.get(kind.to_representation, own.to_representation))


def key_shown_by(field: Any) -> Callable[[Any], Any]:
    """Return what shows the key of a related row, for which no row is made around it."""
    return field.pk_field.to_representation if field.pk_field else lambda key: key


@cache
def values_of(model: type[models.Model]) -> tuple[set[str], dict[str, str]]:
    """Return the attributes of a row that are values, never methods to be called, and the columns of keys by name."""
    columns = {field.attname for field in model._meta.concrete_fields}
    properties = {
        name
        for each in model.__mro__
        for name, value in vars(each).items()
        if isinstance(value, property | cached_property)
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
    for name in ("fields", "_readers"):
        own.__dict__.pop(name, None)
    for name in ("child", "child_relation"):
        if name in own.__dict__:
            own.__dict__[name] = adopted(own.__dict__[name], own)
    return own
