"""How an id may be written in a path and in a filter."""

from django.urls import register_converter
from django.urls.converters import UUIDConverter


class AnyUUIDConverter(UUIDConverter):
    """A UUID in any form that clients send: iOS in capitals, some databases without dashes."""

    regex = "(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32})"


# Its name in paths and as the `lookup_value_converter` of views.
ANY_UUID = "any_uuid"
register_converter(AnyUUIDConverter, ANY_UUID)

# Of a key: what a column of 64 bits holds in any case.
MAX_DIGITS = 18


def is_key(text: str) -> bool:
    """Tell whether a text is a whole number that may be the key of a row."""
    return text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
