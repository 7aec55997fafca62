"""Indexes that each database has in a form of its own."""

from typing import Any

from django.db.backends.ddl_references import Statement, Table
from django.db.models import Index
from django.db.models.functions import Collate

# What Django compares; beyond the collation "C" the usual order of texts finds no beginning.
ON_POSTGRESQL = "CREATE INDEX %(name)s ON %(table)s (UPPER(%(column)s) text_pattern_ops)"
# A statement that does nothing.
NOTHING = "DO 0"


class BeginningIndex(Index):
    """Finds texts by how they begin, whatever their case (`__istartswith`).

    MariaDB needs none beside the plain index that each such field has.
    """

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        [name] = self.fields
        vendor = schema_editor.connection.vendor
        if vendor == "mysql":
            return NOTHING
        if vendor == "sqlite":
            # By which LIKE compares there.
            index = Index(Collate(name, "NOCASE"), name=self.name)
            return index.create_sql(model, schema_editor, using, **kwargs)
        return Statement(
            ON_POSTGRESQL,
            name=schema_editor.quote_name(self.name),
            table=Table(model._meta.db_table, schema_editor.quote_name),
            column=schema_editor.quote_name(model._meta.get_field(name).column),
        )

    def remove_sql(self, model: Any, schema_editor: Any, **kwargs: Any) -> Any:
        if schema_editor.connection.vendor == "mysql":
            return NOTHING
        return super().remove_sql(model, schema_editor, **kwargs)


class LoneBeginningIndex(BeginningIndex):
    """A BeginningIndex of a field that has no plain index: MariaDB gets that one."""

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        if schema_editor.connection.vendor == "mysql":
            return Index.create_sql(self, model, schema_editor, using, **kwargs)
        return super().create_sql(model, schema_editor, using, **kwargs)

    def remove_sql(self, model: Any, schema_editor: Any, **kwargs: Any) -> Any:
        return Index.remove_sql(self, model, schema_editor, **kwargs)
