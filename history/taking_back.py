"""Writes back what an operation has changed, while nobody else has changed it since."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.module_loading import import_string

from .exceptions import ChangedSince, NotTakenBack, TakenBackAlready
from .models import Change, Operation
from .operations import begun_operation
from .recording import CHUNK, recorded_fields
from .relations import Relation, relation_of

# Rows of one statement that gives each its own values.
ROWS = 500
# By the name of the field: before and after, over all changes of one row.
Pairs = dict[str, list[Any]]

retrying_transaction: Callable[..., Any] = import_string(settings.RETRYING_TRANSACTION)


@retrying_transaction
def take_back(*, operation: Operation, by: Any) -> Operation:
    """Write back what an operation changed, all of it or nothing; return the operation that did it.

    Raises TakenBackAlready, ChangedSince, and NotTakenBack for rows that were made or deleted.
    """
    operation = Operation.objects.select_for_update().get(pk=operation.pk)
    if operation.taken_back_by_id:
        raise TakenBackAlready
    changed: list[str] = []
    with begun_operation(label=f"Taken back: {operation.label}", by=by) as undone:
        for model, rows in pairs_by_model(operation):
            for part in parts(rows):
                changed += restore(model, part)
    if changed:
        raise ChangedSince(changed)
    operation.taken_back_by = undone
    operation.save(update_fields=["taken_back_by"])
    return undone


def pairs_by_model(operation: Operation) -> Iterator[tuple[Any, dict[int, Pairs]]]:
    """Return what the operation did to each row, from the first state to the last."""
    found: dict[Any, dict[int, Pairs]] = defaultdict(lambda: defaultdict(dict))
    changes = operation.changes.order_by("pk").select_related("content_type")
    for change in changes.iterator(CHUNK):
        model: Any = change.content_type.model_class()
        if model is None or change.kind != Change.Kind.UPDATED:
            raise NotTakenBack("Rows that were added or deleted cannot be taken back.")
        pairs = found[model][change.object_id]
        for name, (before, after) in change.fields.items():
            if name in recorded_fields(model):
                pairs[name] = [pairs[name][0] if name in pairs else before, after]
            elif relation_of(model, name):
                pairs.setdefault(name, [[], []])
                taken, added = pairs[name]
                pairs[name] = [
                    sorted({*taken, *before} - {*after}),
                    sorted({*added, *after} - {*before}),
                ]
    yield from found.items()


def parts(rows: dict[int, Pairs]) -> Iterator[dict[int, Pairs]]:
    keys = sorted(rows)
    for start in range(0, len(keys), CHUNK):
        yield {key: rows[key] for key in keys[start : start + CHUNK]}


def restore(model: Any, pairs: dict[int, Pairs]) -> list[str]:
    """Write back rows of a model, and return the names of those that are others by now."""
    stored = model._base_manager.select_for_update().filter(pk__in=pairs).order_by("pk")
    rows = {row.pk: row for row in stored}
    changed = [f"{model._meta.verbose_name} {key}" for key in pairs if key not in rows]
    fields, names = recorded_fields(model), {name for each in pairs.values() for name in each}
    for name in sorted(names & {*fields}):
        changed += restored_values(fields[name], rows, pairs)
    for name in sorted(names - {*fields}):
        relation = relation_of(model, name)
        if relation:
            changed += restored_relation(relation, name, rows, pairs)
    if not changed:
        write_values(model, rows.values(), names & {*fields})
    return [*dict.fromkeys(changed)]


def restored_values(field: Any, rows: dict[int, Any], pairs: dict[int, Pairs]) -> list[str]:
    changed = []
    for key, row in rows.items():
        if field.name not in pairs[key]:
            continue
        before, after = pairs[key][field.name]
        if as_recorded(getattr(row, field.attname)) != after:
            changed.append(str(row))
        setattr(row, field.attname, None if before is None else field.to_python(before))
    return changed


def as_recorded(value: Any) -> Any:
    """Return a value as a record holds it."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def restored_relation(
    relation: Relation, name: str, rows: dict[int, Any], pairs: dict[int, Pairs]
) -> list[str]:
    present, changed = relation.present([*rows]), []
    to_add: dict[int, list[int]] = defaultdict(list)
    to_remove: dict[int, list[int]] = defaultdict(list)
    for key, row in rows.items():
        taken, added = pairs[key].get(name, ([], []))
        now = present.get(key, set())
        if now & {*taken} or {*added} - now:
            changed.append(str(row))
        for value in taken:
            to_add[value].append(key)
        for value in added:
            to_remove[value].append(key)
    if not changed:
        for value, keys in to_remove.items():
            relation.remove(value, keys)
        for value, keys in to_add.items():
            relation.add(value, keys)
    return changed


def write_values(model: Any, rows: Iterable[Any], names: Iterable[str]) -> None:
    """Write some fields of rows, each its own values."""
    names, rows = [*names], [*rows]
    if not (names and rows):
        return
    times: list[models.Field[Any, Any]] = [
        field for field in model._meta.concrete_fields if getattr(field, "auto_now", False)
    ]
    for row in rows:
        for field in times:
            setattr(row, field.attname, timezone.now())
    manager = model._base_manager
    manager.bulk_update(rows, [*names, *(field.name for field in times)], batch_size=ROWS)
