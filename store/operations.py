"""What migrations of the shop need beside Django's own operations."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import AddField, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation

TRIGGERS = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"


class KeepTriggers(SeparateDatabaseAndState):
    """Run operations that SQLite may remake a table for, and make the triggers of that table again.

    Without triggers the full-text index no longer follows the products. MariaDB and PostgreSQL alter
    tables in place.
    """

    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[Operation]) -> None:
        super().__init__(database_operations=operations, state_operations=operations)
        self.operations = operations

    def deconstruct(self) -> Any:
        return type(self).__qualname__, [], {"operations": self.operations}

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        before = triggers(schema_editor)
        super().database_forwards(app_label, schema_editor, *states)
        restore(before, schema_editor)

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        before = triggers(schema_editor)
        super().database_backwards(app_label, schema_editor, *states)
        restore(before, schema_editor)

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)


def triggers(schema_editor: Any) -> dict[str, tuple[str, str]]:
    """Return the table and the SQL of each trigger by its name; none on other databases than SQLite."""
    if schema_editor.connection.vendor != "sqlite":
        return {}
    found = read(TRIGGERS, schema_editor)
    return {name: (table, sql) for name, table, sql in found}


def restore(before: dict[str, tuple[str, str]], schema_editor: Any) -> None:
    """Make the triggers again that went with a table which is there again."""
    lost = {name: before[name] for name in before.keys() - triggers(schema_editor).keys()}
    tables = {name for (name,) in read(TABLES, schema_editor)} if lost else set()
    for _, (table, sql) in sorted(lost.items()):
        if table in tables:
            # None: no parameters, so that a percent sign is one.
            schema_editor.execute(sql, params=None)


def read(query: str, schema_editor: Any) -> list[tuple[str, ...]]:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


class AddComputedField(AddField):
    """Add a generated column that is computed when it is read, where the database has such.

    No row is rewritten, nor read in another way; an index of the column holds its values all the same.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        field: Any = to_state.apps.get_model(app_label, self.model_name)._meta.get_field(self.name)
        field.db_persist = schema_editor.connection.vendor == "postgresql"
        super().database_forwards(app_label, schema_editor, from_state, to_state)
        field.db_persist = True
