"""What `migrate` does for rows that came without their keys."""

import sys
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import AppConfig, apps
from django.db import models

from .fields import DigestField, UniqueKeyField, digest_fields

BATCH = 1000
# Duplicates that are named; of more, their number.
NAMED = 20

Rows = Iterable[tuple[Any, str]]


def fill_keys(app_config: AppConfig, using: str, **kwargs: Any) -> None:
    """Give the rows of an app the keys they lack; name the duplicates, which stay without.

    A receiver of post_migrate: the models are those of the migrations that have run.
    """
    state = kwargs.get("apps") or apps
    stdout = kwargs.get("stdout") or sys.stdout
    for model in state.get_models():
        if model._meta.app_label != app_config.label:
            continue
        for field in digest_fields(model):
            rows = model._base_manager.using(using)
            duplicates = fill(rows, field)
            if duplicates:
                stdout.write(report(model, field, duplicates))


def fill(rows: models.QuerySet[Any, Any], field: DigestField) -> list[str]:
    """Write the digests that are missing and free, and return the texts of duplicates."""
    if not isinstance(field, UniqueKeyField):
        for batch in missing(rows, field):
            write(rows, field, [(pk, digest) for pk, _, digest in batch])
        return []
    seen: set[str] = set()
    shared: set[str] = set()
    for batch in missing(rows, field):
        for _, _, digest in batch:
            (shared if digest in seen else seen).add(digest)
    duplicates = []
    for batch in missing(rows, field):
        digests = {digest for _, _, digest in batch}
        held = rows.filter(**{f"{field.name}__in": digests}).values_list(field.name, flat=True)
        taken = shared.union(held)
        write(rows, field, [(pk, digest) for pk, _, digest in batch if digest not in taken])
        duplicates += [text for _, text, digest in batch if digest in taken]
    return duplicates


def missing(
    rows: models.QuerySet[Any, Any], field: DigestField
) -> Iterator[list[tuple[Any, str, str]]]:
    """Return the rows without a digest in batches: key, text, and the digest that it has."""
    last: Any = None
    without = rows.filter(**{f"{field.name}__isnull": True, f"{field.source}__isnull": False})
    while True:
        # By key: a reader that is open while rows are written blocks SQLite.
        after = without if last is None else without.filter(pk__gt=last)
        batch = list(after.order_by("pk").values_list("pk", field.source)[:BATCH])
        if not batch:
            return
        last = batch[-1][0]
        yield [(pk, text, str(field.digest(text))) for pk, text in batch]


def write(rows: models.QuerySet[Any, Any], field: DigestField, digests: Rows) -> None:
    model = rows.model
    made = [model(**{model._meta.pk.attname: pk, field.attname: value}) for pk, value in digests]
    models.QuerySet(model, using=rows.db).bulk_update(made, [field.name])


def report(model: type[models.Model], field: DigestField, duplicates: list[str]) -> str:
    source: Any = model._meta.get_field(field.source)
    named = ", ".join(repr(text) for text in sorted(duplicates)[:NAMED])
    rest = f" and {len(duplicates) - NAMED} more" if len(duplicates) > NAMED else ""
    return (
        f"\nWARNING: another {model._meta.verbose_name} has the same {source.verbose_name} in another "
        f"spelling: {named}{rest}. Each is found by its exact spelling only; rename it to end that.\n"
    )
