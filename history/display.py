"""Changes in the words of people."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.text import Truncator, capfirst
from django.utils.timezone import localtime

from .models import Change

# Characters of a value that a line shows.
LENGTH = 200
NOTHING = "—"
# Related rows that a line names.
NAMED = 10


class Line(NamedTuple):
    field: str
    before: str
    after: str


class Told(NamedTuple):
    change: Change
    lines: list[Line]


def told(
    model: type[models.Model], changes: Iterable[Change], visible: Collection[str] | None = None
) -> list[Told]:
    """Return changes of rows of a model with their fields, or those `visible`, asking once for each kind of related row."""
    rows = list(changes)
    names = related_names(model, rows)
    return [
        Told(
            change,
            [
                line_of(model, name, pair, names)
                for name, pair in change.fields.items()
                if visible is None or name in visible
            ],
        )
        for change in rows
    ]


def line_of(model: type[models.Model], name: str, pair: Any, names: Any) -> Line:
    field = field_of(model, name)
    label = capfirst(str(getattr(field, "verbose_name", name.replace("_", " "))))
    if pair is None:
        return Line(label, "(hidden)", "(hidden)")
    return Line(label, *(text_of(field, value, names) for value in pair))


def field_of(model: type[models.Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def text_of(field: Any, value: Any, names: Any) -> str:
    if value in (None, "", []):
        return NOTHING
    related = getattr(field, "related_model", None)
    if isinstance(value, list):
        texts = [names.get((related, key), f"#{key}") for key in value[:NAMED]]
        more = [f"and {len(value) - NAMED} more"] if len(value) > NAMED else []
        return ", ".join([*texts, *more])
    if related is not None:
        return names.get((related, value), f"#{value}")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(field, models.DateTimeField) and (moment := parse_datetime(value)):
        return localtime(moment).strftime("%Y-%m-%d %H:%M")
    choices = dict(getattr(field, "flatchoices", None) or ())
    return Truncator(choices.get(value, value)).chars(LENGTH)


def related_names(model: type[models.Model], changes: Iterable[Change]) -> dict[Any, str]:
    """Return the names of the rows that the values of foreign keys and relations stand for."""
    keys: dict[Any, set[Any]] = defaultdict(set)
    for change in changes:
        for name, pair in change.fields.items():
            related = getattr(field_of(model, name), "related_model", None)
            if related is not None and pair:
                keys[related].update(values_in(pair))
    return {
        (related, row.pk): str(row)
        for related, wanted in keys.items()
        for row in related._base_manager.filter(pk__in=wanted)
    }


def values_in(pair: Iterable[Any]) -> Iterator[Any]:
    for value in pair:
        if isinstance(value, list):
            yield from value[:NAMED]
        elif value is not None:
            yield value
