"""What is written to a recorded model leaves a Change, in the transaction of the write."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import islice
from typing import Any, ClassVar, NamedTuple, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from .models import Change
from .origins import current_origin, is_recording
from .signals import changes_recorded

R = TypeVar("R")

# Rows whose values are held at once.
CHUNK = 2000


class RecordedModel(models.Model):
    """A row of which each write leaves a record; its querysets have the RecordingMixin.

    Compiled SQL, plain SQL and what the database does to rows that refer to a deleted one leave none.
    """

    # That they changed is recorded, without their values.
    secret_fields: ClassVar[frozenset[str]] = frozenset()
    # What tells nothing of the row: times of use, copies.
    unrecorded_fields: ClassVar[frozenset[str]] = frozenset()
    # The foreign key to the row at which the changes of this one are told; empty: at its own.
    told_at: ClassVar[str] = ""
    # Whether a deletion leaves the values of the row behind.
    keeps_deleted_values: ClassVar[bool] = True

    class Meta:
        abstract = True

    def _save_table(
        self,
        raw: bool = False,
        cls: Any = None,
        force_insert: Any = False,
        force_update: bool = False,
        using: Any = None,
        update_fields: Any = None,
    ) -> bool:
        parent: Any = super()
        save = partial(
            parent._save_table, raw, cls, force_insert, force_update, using, update_fields
        )
        if not is_recording():
            is_updated: bool = save()
            return is_updated
        with transaction.atomic(using=using, savepoint=False):
            is_updated = save()
            if not is_updated:
                record_created(type(self), using, [self])
        return is_updated

    def _do_update(
        self,
        base_qs: Any,
        using: Any,
        pk_val: Any,
        values: Any,
        update_fields: Any,
        forced_update: bool,
    ) -> bool:
        parent: Any = super()
        update = partial(
            parent._do_update, base_qs, using, pk_val, values, update_fields, forced_update
        )
        names = [field.name for field, _, _ in values]
        if not (is_recording() and written_fields(type(self), names)):
            return bool(update())
        return bool(recorded_write(base_qs.filter(pk=pk_val), names, lambda _: update()))


class RecordingMixin:
    """A queryset whose updates and insertions are recorded."""

    def update(self, **kwargs: Any) -> int:
        rows: Any = self
        names = [rows.model._meta.get_field(name).name for name in kwargs]
        if rows.query.is_sliced or not (is_recording() and written_fields(rows.model, names)):
            return self._unrecorded_update(kwargs)
        # Those whose values were read, and no others that have come to match since.
        count: int = recorded_write(rows, names, lambda read: read._unrecorded_update(kwargs))
        return count

    update.alters_data = True  # type: ignore[attr-defined]

    def _unrecorded_update(self, values: dict[str, Any]) -> int:
        parent: Any = super()
        count: int = parent.update(**values)
        return count

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        queryset: Any = self
        parent: Any = super()
        with transaction.atomic(using=queryset.db, savepoint=False):
            rows: list[Any] = parent.bulk_create(objs, *args, **kwargs)
            # One that met a conflict was not created, and has no key unless it was given.
            if is_recording() and not kwargs.get("ignore_conflicts"):
                made = [row for row in rows if row.pk is not None]
                record_created(queryset.model, queryset.db, made)
        return rows

    bulk_create.alters_data = True  # type: ignore[attr-defined]


@cache
def recorded_fields(model: type[RecordedModel]) -> dict[str, Any]:
    """Return the fields of a model whose changes are recorded, by name."""
    return {
        field.name: field
        for field in model._meta.concrete_fields
        if not (
            field.primary_key
            or field.generated
            or getattr(field, "auto_now", False)
            or getattr(field, "derived_from", ())
            or field.name in model.unrecorded_fields
        )
    }


def told_fields(model: type[RecordedModel]) -> dict[str, Any]:
    """Return the recorded fields, and the one that says at which row they are told, be it the key."""
    owner = {model.told_at: model._meta.get_field(model.told_at)} if model.told_at else {}
    return {**recorded_fields(model), **owner}


def written_fields(model: type[RecordedModel], names: Iterable[str]) -> list[str]:
    recorded = recorded_fields(model)
    return [name for name in dict.fromkeys(names) if name in recorded]


def recorded_write(
    rows: models.QuerySet[Any], names: Iterable[str], write: Callable[[Any], R]
) -> Any:
    """Write to rows, that `write` is given in parts, and record what changed; return the sum of its results."""
    fields = written_fields(rows.model, names)
    result: Any = 0
    with transaction.atomic(using=rows.db, savepoint=False):
        everything = locked_values(rows, fields)
        if not everything:
            # Nothing matches; the write finds that out as well, and says so in its own way.
            return write(rows)
        for before in parts(everything):
            result += write(rows.filter(pk__in=before))
            record_updates(rows.model, rows.db, before)
    return result


def parts(values: Mapping[Any, Any]) -> Iterator[dict[Any, Any]]:
    rest = iter(values.items())
    while part := dict(islice(rest, CHUNK)):
        yield part


def locked_values(rows: models.QuerySet[Any], names: Sequence[str]) -> dict[Any, dict[str, Any]]:
    """Return the values of rows by key, locked until the transaction ends."""
    query = rows.query
    is_plain = len(query.alias_map) <= 1 and not query.distinct and not query.annotations
    if is_plain and query.group_by is None:
        found = rows
    else:
        # A join or a group cannot be locked.
        keys = list(rows.order_by().values_list("pk", flat=True))
        found = rows.model._base_manager.using(rows.db).filter(pk__in=keys)
    return values_of(found.order_by("pk").select_for_update(), names)


def values_of(rows: models.QuerySet[Any], names: Sequence[str]) -> dict[Any, dict[str, Any]]:
    model = rows.model
    told_at = (model.told_at,) if model.told_at else ()
    return {row.pop("pk"): row for row in rows.values("pk", *names, *told_at)}


def record_updates(
    model: type[RecordedModel], using: str, before: Mapping[Any, dict[str, Any]]
) -> None:
    names = [*next(iter(before.values()))]
    stored = model._base_manager.using(using).filter(pk__in=before).order_by()
    after = values_of(stored, names)
    write_changes(
        model,
        using,
        [
            Told(key, Change.Kind.UPDATED, old, after[key])
            for key, old in before.items()
            if key in after and old != after[key]
        ],
    )


class Told(NamedTuple):
    """What is to be told of one row: its values before and after."""

    key: Any
    kind: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def record_created(model: type[RecordedModel], using: str, rows: Sequence[Any]) -> None:
    """Record that rows were made; their values stand in the row, and in the first change of each."""
    names = told_fields(model) if model.told_at else {}
    told = []
    for row in rows:
        values = {name: field.value_from_object(row) for name, field in names.items()}
        told.append(Told(row.pk, Change.Kind.CREATED, dict.fromkeys(values), values))
    write_changes(model, using, told)


def pairs_of(model: type[RecordedModel], told: Told) -> dict[str, Any]:
    """Return the fields that differ, each with its value before and after."""
    return {
        name: None if name in model.secret_fields else [told.before.get(name), value]
        for name, value in told.after.items()
        if told.before.get(name) != value
    }


def write_changes(model: type[RecordedModel], using: str, told: Iterable[Told]) -> None:
    """Save what is told of rows of a model as changes of these rows, or of those that they belong to."""
    about: Any = model
    changes = []
    for each in told:
        fields, key, kind = pairs_of(model, each), each.key, each.kind
        if model.told_at:
            owner = model._meta.get_field(model.told_at)
            about = owner.related_model
            key = each.after.get(owner.name) or each.before.get(owner.name)
            name = f"{model._meta.verbose_name} {each.key}"
            fields = {
                f"{name}: {field}": pair for field, pair in fields.items() if field != owner.name
            } or {name: [None, None]}
            kind = Change.Kind.UPDATED
        changes.append(Change(object_id=key, kind=kind, fields=fields))
    save_changes(about, using, changes)


def save_changes(model: type[models.Model], using: str, changes: Sequence[Change]) -> None:
    """Save the changes of rows of one model, by whoever writes now, and tell other apps of them."""
    if not changes:
        return
    origin = current_origin()
    content_type = ContentType.objects.db_manager(using).get_for_model(model)
    for change in changes:
        change.content_type = content_type
        change.changed_by_id = origin.by
        change.door, change.source, change.reason = origin.door, origin.source, origin.reason
        change.operation = origin.operation
    Change.objects.using(using).bulk_create(changes, batch_size=CHUNK)
    changes_recorded.send(sender=model, changes=changes)
