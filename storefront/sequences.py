"""The sequences that PostgreSQL takes ids from, which stand behind once rows with ids came by plain SQL."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed_apps
from django.db import IntegrityError, connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

COMMAND = "reset_sequences"
UNIQUE_VIOLATION = "23505"


class SequenceBehind(Exception):
    """The next id of a table is in use already."""

    status_code = 409
    code = "sequence_behind"
    sample = ("store_order",)

    def __init__(self, table: str) -> None:
        self.detail = (
            f"Nothing was saved: the next id of the table {table} is in use already, as after rows were "
            f"loaded by plain SQL. Run `manage.py {COMMAND}`, then try again."
        )
        super().__init__(self.detail)


def sequence_behind(error: BaseException | None) -> SequenceBehind | None:
    """Return what is behind an error, if that is a new row to which a sequence gave an id in use."""
    while error is not None:
        if isinstance(error, IntegrityError) and (table := table_of_taken_id(error)):
            return SequenceBehind(table)
        error = error.__cause__ or error.__context__
    return None


def table_of_taken_id(error: IntegrityError) -> str | None:
    """Return the table of which a new row has got an id in use; None for any other conflict."""
    cause: Any = error.__cause__
    if getattr(cause, "sqlstate", None) != UNIQUE_VIOLATION:
        return None
    # In any language of the server: (id)=(7).
    column = re.search(r"\((.+?)\)=\(", cause.diag.message_detail or "")
    tables = {
        model._meta.db_table: model for model in with_sequence(installed_apps.get_models(True))
    }
    model = tables.get(cause.diag.table_name)
    is_taken = model is not None and column is not None and column[1] == model._meta.pk.column
    return cause.diag.table_name if is_taken else None


def create_missing(objects: models.Manager[Any], rows: Iterable[models.Model]) -> None:
    """Insert rows and leave those that are there already; raise SequenceBehind where an id is in use."""
    rows = list(rows)
    try:
        with transaction.atomic():
            objects.bulk_create(rows)
    except IntegrityError as error:
        if behind := sequence_behind(error):
            raise behind from error
        objects.bulk_create(rows, ignore_conflicts=True)


def with_sequence(found: Iterable[type[models.Model]]) -> Iterator[type[models.Model]]:
    """Keep the models whose ids the database makes."""
    for model in found:
        if (
            model._meta.managed
            and not model._meta.proxy
            and isinstance(model._meta.pk, models.AutoField)
        ):
            yield model


def advance_sequences(using: str, found: Iterable[type[models.Model]]) -> list[str]:
    """Move each sequence that stands at an id in use, or before one, behind them; return the tables.

    No sequence is moved back. Does nothing where the database itself looks for the next free id.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return []
    return [
        model._meta.db_table
        for model in with_sequence(found)
        if router.allow_migrate_model(using, model) and advance_sequence(connection, model)
    ]


def advance_sequence(connection: BaseDatabaseWrapper, model: type[models.Model]) -> bool:
    quote = connection.ops.quote_name
    table, column = quote(model._meta.db_table), quote(model._meta.pk.column)
    with connection.cursor() as cursor:
        highest = f"max({column})"
        cursor.execute(
            " ".join(["SELECT pg_get_serial_sequence(%s, %s),", highest, "FROM", table]),
            [table, model._meta.pk.column],
        )
        sequence, last_id = cursor.fetchone()
        # The sequence's own column: a row of before, or the one to come.
        following = " ".join(["(SELECT last_value + is_called::int FROM", str(sequence), ")"])
        if not sequence or last_id is None:
            return False
        cursor.execute(f"SELECT {following} <= %s", [last_id])
        if not cursor.fetchone()[0]:
            return False
        with transaction.atomic(using=connection.alias):
            # Whoever inserts waits: no id is given out, and none committed, between reading and moving.
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
            behind = ["FROM", table, "HAVING", highest, ">=", following]
            cursor.execute(" ".join([f"SELECT setval(%s, {highest})", *behind]), [sequence])
            return cursor.fetchone() is not None


def advance_migrated_sequences(
    app_config: AppConfig, using: str, apps: Any = installed_apps, **kwargs: Any
) -> None:
    """See to the sequences of an app that was migrated."""
    label = app_config.label
    found = apps.get_models(include_auto_created=True)
    advance_sequences(using, [model for model in found if model._meta.app_label == label])
