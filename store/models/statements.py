"""SQL that is compiled once and run many times: to compile it costs more than to run it."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import AutoField, Expression, Field, Model, QuerySet
from django.db.models.sql import DeleteQuery, InsertQuery, UpdateQuery

Row = Sequence[Any]
# Rows of one insertion, up to which its SQL is kept.
MAX_KEPT_ROWS = 20


class Slot(Expression):
    """Stands in a queryset for a value that is given by its name when the statement is run."""

    def __init__(self, name: str, output_field: Field) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


def filled(params: Sequence[Any], values: Mapping[str, Any], connection: Any) -> Sequence[Any]:
    """Return the parameters with values, as the database takes them, in the place of slots."""
    return [
        param.output_field.get_db_prep_value(values[param.name], connection)
        if isinstance(param, Slot)
        else param
        for param in params
    ]


class Statement:
    """The SQL of a `values_list()` queryset."""

    def __init__(self, queryset: QuerySet[Any, Any], using: str = DEFAULT_DB_ALIAS) -> None:
        self.using = using
        self.compiler = queryset.query.get_compiler(using)
        try:
            self.sql, self.params = self.compiler.as_sql()
        except EmptyResultSet:
            self.sql, self.params = "", ()
            return
        selected = self.compiler.select[: self.compiler.col_count]
        self.converters = self.compiler.get_converters([column for column, *_ in selected])

    def rows(self, params: Sequence[Any] | None = None, **slots: Any) -> list[Row]:
        """Return what it reads; `params`, as the database takes them, stand for all of its own."""
        if not self.sql:
            return []
        given = self.params if params is None else params
        with connections[self.using].cursor() as cursor:
            cursor.execute(self.sql, filled(given, slots, cursor.db) if slots else given)
            rows = cursor.fetchall()
        return (
            list(self.compiler.apply_converters(rows, self.converters)) if self.converters else rows
        )


class Write:
    """The SQL of the `update()`, or without values the `delete()`, of a queryset's rows alone."""

    def __init__(
        self, queryset: QuerySet[Any, Any], using: str = DEFAULT_DB_ALIAS, **values: Any
    ) -> None:
        self.using = using
        query: Any = queryset.query.chain(UpdateQuery if values else DeleteQuery)
        if values:
            query.add_update_values(values)
            query.clear_select_clause()
        self.sql, self.params = query.get_compiler(using).as_sql()

    def run(self, **slots: Any) -> int:
        """Return the number of rows it found."""
        with connections[self.using].cursor() as cursor:
            cursor.execute(self.sql, filled(self.params, slots, cursor.db))
            return cursor.rowcount


class Insertion:
    """The SQL that inserts so many rows of a model."""

    def __init__(self, rows: Sequence[Model]) -> None:
        model = type(rows[0])
        self.fields = [field for field in model._meta.concrete_fields if is_given(field, rows[0])]
        self.returned = [*model._meta.db_returning_fields]
        query = InsertQuery(model)
        query.insert_values(self.fields, [*rows])
        self.compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        self.compiler.returning_fields = self.returned
        ((self.sql, _),) = self.compiler.as_sql()
        columns = [field.get_col(model._meta.db_table) for field in self.returned]
        self.converters = self.compiler.get_converters(columns)
        # The first rows need not live as long.
        query.objs = []

    def run(self, rows: Sequence[Model]) -> None:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            values = [
                [
                    field.get_db_prep_save(field.pre_save(row, True), cursor.db)
                    for field in self.fields
                ]
                for row in rows
            ]
            # PostgreSQL takes a list for each column, the others a value for each column of each row.
            _, params = self.compiler.assemble_as_sql(self.fields, values)
            cursor.execute(self.sql, [*chain.from_iterable(params)])
            found = cursor.fetchall() if self.returned else [()] * len(rows)
        returned = self.compiler.apply_converters(found, self.converters)
        for row, made in zip(rows, returned, strict=True):
            for field, value in zip(self.returned, made, strict=True):
                setattr(row, field.attname, value)
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


# By model, number of rows, and whether they bring their keys.
insertions: dict[tuple[type[Model], int, bool], Insertion] = {}


def insert(rows: Sequence[Model]) -> None:
    """Insert new rows of one model, past signals as `bulk_create()` does."""
    model = type(rows[0])
    if not connections[DEFAULT_DB_ALIAS].features.can_return_rows_from_bulk_insert:
        # MySQL tells the key of a single row only.
        if len(rows) == 1:
            rows[0].save(force_insert=True)
        else:
            model._base_manager.bulk_create(rows)
    elif len(rows) > MAX_KEPT_ROWS:
        model._base_manager.bulk_create(rows)
    else:
        kind = (model, len(rows), rows[0].pk is None)
        if kind not in insertions:
            insertions[kind] = Insertion(rows)
        insertions[kind].run(rows)


def is_given(field: Field, row: Model) -> bool:
    """Tell whether a new row brings the value of a column; the database makes the others."""
    return not field.generated and not (isinstance(field, AutoField) and row.pk is None)
