"""Writes rows of an import to the shop, and takes them back; each only where nobody has changed them since."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import Case, Value, When
from django.db.models.functions import Cast
from django.utils import timezone

from ..models import (
    Collection,
    Customer,
    ImportRow,
    OrderItem,
    Product,
    ProductImage,
    Review,
)
from ..resources import SheetResource
from .import_values import RESOURCES, plain_values, restored

# Why each row was left, by its id.
Refusals = dict[int, list[list[str]]]
GONE = "It has been deleted since."
IN_USE = "It is in use by now, so it stays."


def write_rows(*, kind: str, rows: Sequence[ImportRow], back: bool = False) -> Refusals:
    """Write what rows of an import say, or take it `back`; return which were left, and why.

    Called in a transaction: the rows of the shop are locked, then compared with what the import knows of them.
    """
    resource = RESOURCES[kind]()
    refusals: Refusals = {}
    stored = [row for row in rows if back or not row.is_new]
    found = locked_rows(resource.model(), stored)
    for row in stored:
        if reasons := changed_since(found.get(row.object_id), row, back=back):
            refusals[row.pk] = reasons
    new = [row for row in rows if row.is_new]
    if back:
        refuse_in_use(resource.model(), [row for row in new if row.pk not in refusals], refusals)
        delete_rows(resource.model(), [row for row in new if row.pk not in refusals])
    changed = [row for row in rows if not row.is_new and row.pk not in refusals]
    wanted = instances(resource, changed, found, back=back)
    created = [] if back else [new_instance(resource, row) for row in new]
    pairs = [*zip(changed, wanted, strict=True), *([] if back else zip(new, created, strict=True))]
    refuse_impossible(resource, pairs, refusals)
    update_rows(resource.model(), [row for row in changed if row.pk not in refusals], back=back)
    insert_rows(
        resource.model(),
        [(row, instance) for row, instance in pairs if row.is_new and row.pk not in refusals],
    )
    return refusals


def locked_rows(model: Any, rows: Iterable[ImportRow]) -> dict[int | None, Any]:
    """Lock the rows of the shop in the order of their keys, in which every other locks them."""
    keys = [row.object_id for row in rows]
    locked = model.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    return {row.pk: row for row in locked}


def changed_since(stored: Any, row: ImportRow, *, back: bool) -> list[list[str]]:
    """Return what of a row is no longer as the import has seen it, or as it has left it."""
    if stored is None:
        return [["", GONE]]
    seen = {name: pair[1 if back else 0] for name, pair in row.changes.items()}
    now = plain_values(stored, seen)
    return [
        [name, f"It was {shown(seen[name])}, and is {shown(now[name])} by now."]
        for name in seen
        if now[name] != seen[name]
    ]


def shown(value: Any) -> str:
    return "empty" if value in (None, "") else f"“{str(value)[:60]}”"


def instances(
    resource: SheetResource,
    rows: Sequence[ImportRow],
    found: Mapping[int | None, Any],
    *,
    back: bool,
) -> list[Any]:
    """Assign to the locked rows what is to be written."""
    for row in rows:
        stored = found[row.object_id]
        for name, pair in row.changes.items():
            field = resource.model_field(name)
            setattr(stored, field.attname, restored(field, pair[0 if back else 1]))
    return [found[row.object_id] for row in rows]


def new_instance(resource: SheetResource, row: ImportRow) -> Any:
    values = {name: (resource.model_field(name), pair[1]) for name, pair in row.changes.items()}
    named = {field.attname: restored(field, value) for field, value in values.values()}
    return resource.model()(**named)


def refuse_impossible(
    resource: SheetResource, pairs: Sequence[tuple[ImportRow, Any]], refusals: Refusals
) -> None:
    """Refuse what another row has taken since, and what relates to a row that is gone."""
    for place, reasons in resource.taken([instance for _, instance in pairs]).items():
        refusals[pairs[place][0].pk] = reasons
    for name in resource.written():
        field = resource.model_field(name)
        if field.is_relation:
            wanted = {
                getattr(instance, field.attname) for row, instance in pairs if name in row.changes
            }
            there = {
                None,
                *field.related_model.objects.filter(pk__in=wanted).values_list("pk", flat=True),
            }
            for row, instance in pairs:
                if name in row.changes and getattr(instance, field.attname) not in there:
                    refusals[row.pk] = [[name, GONE]]


def update_rows(model: Any, rows: Sequence[ImportRow], *, back: bool) -> None:
    """Write the changed fields of locked rows, in a statement for all that change the same fields."""
    groups = defaultdict(list)
    for row in rows:
        groups[tuple(sorted(row.changes))].append(row)
    stamp = {"last_update": timezone.now()} if model is Product else {}
    for names, group in groups.items():
        values = {
            name: by_key(
                model._meta.get_field(name),
                {row.object_id: row.changes[name][0 if back else 1] for row in group},
            )
            for name in names
        }
        keys = [row.object_id for row in group]
        model.objects.filter(pk__in=keys).order_by().update(**values, **stamp)


def by_key(field: Any, values: Mapping[Any, Any]) -> Any:
    """Return an expression of the value of each row, or the value that all have."""
    typed = {key: restored(field, value) for key, value in values.items()}
    column = field.target_field if field.is_relation else field
    first = next(iter(typed.values()))
    if all(value == first for value in typed.values()):
        return Value(first, output_field=column)
    whens = [When(pk=key, then=Value(value, output_field=column)) for key, value in typed.items()]
    case: Any = Case(*whens, output_field=column)
    is_cast = connection.features.requires_casted_case_in_updates
    return Cast(case, output_field=column) if is_cast else case


def insert_rows(model: Any, pairs: Sequence[tuple[ImportRow, Any]]) -> None:
    """Insert new rows of the shop, and note the key of each."""
    new = [instance for _, instance in pairs]
    if not new:
        return
    if connection.features.can_return_rows_from_bulk_insert:
        model.objects.bulk_create(new)
    else:
        for instance in new:
            instance.save(force_insert=True)
    for row, instance in pairs:
        row.object_id = instance.pk
    ImportRow.objects.bulk_update([row for row, _ in pairs], ["object_id"])


def refuse_in_use(model: Any, rows: Sequence[ImportRow], refusals: Refusals) -> None:
    """Keep new rows of the shop that others refer to by now."""
    keys = [row.object_id for row in rows]
    used: set[Any] = set()
    for referring, name in REFERRING[model]:
        named = referring._default_manager.filter(**{f"{name}__in": keys}).order_by()
        used.update(named.values_list(name, flat=True))
    for row in rows:
        if row.object_id in used:
            refusals[row.pk] = [["", IN_USE]]


def delete_rows(model: Any, rows: Sequence[ImportRow]) -> None:
    keys = [row.object_id for row in rows]
    if keys:
        model.objects.filter(pk__in=keys).order_by().delete()


# What somebody has added to a new row, or ordered of it.
REFERRING: Mapping[type[models.Model], list[tuple[Any, str]]] = {
    Product: [
        *((OrderItem, "product_id"), (Review, "product_id"), (ProductImage, "product_id")),
        (Collection, "featured_product_id"),
    ],
    Collection: [(Product, "collection_id")],
    Customer: [],
}
