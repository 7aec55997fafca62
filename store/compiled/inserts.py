from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import AutoField, F, Field, Model
from django.db.models.expressions import BaseExpression
from django.db.models.sql import InsertQuery

from .cache import compiled_once
from .parameters import Parameter, bound

# Rows of one statement; more are rare, and their SQL is long.
MOST_ROWS = 20


class Cell(Parameter):
    """Stands for what one row brings for one column."""

    def value_in(self, values: Any, connection: Any) -> Any:
        return self.output_field.get_db_prep_save(values[self.name], connection)


class Insertion:
    """The SQL that inserts so many rows of a model."""

    def __init__(self, rows: Sequence[Model], connection: Any) -> None:
        model = type(rows[0])
        self.fields = [field for field in model._meta.concrete_fields if is_given(field, rows[0])]
        self.returned: Any = [*model._meta.db_returning_fields]
        query = InsertQuery(model)
        cells: list[Any] = [
            SimpleNamespace(
                **{field.attname: Cell(cell_name(field, place), field) for field in self.fields}
            )
            for place in range(len(rows))
        ]
        query.insert_values(self.fields, cells, raw=True)
        self.compiler = query.get_compiler(connection=connection)
        self.compiler.returning_fields = self.returned
        ((self.sql, self.params),) = self.compiler.as_sql()
        columns = [field.get_col(model._meta.db_table) for field in self.returned]
        self.converters = self.compiler.get_converters(columns)

    def run(self, rows: Sequence[Model], connection: Any) -> None:
        values = {
            cell_name(field, place): field.pre_save(row, True)
            for place, row in enumerate(rows)
            for field in self.fields
        }
        with connection.cursor() as cursor:
            cursor.execute(self.sql, bound(self.params, values, connection))
            found = cursor.fetchall() if self.returned else [()] * len(rows)
        returned = self.compiler.apply_converters(found, self.converters)
        for row, made in zip(rows, returned, strict=True):
            take_made(row, self.returned, made)


def insert(rows: Sequence[Model]) -> None:
    """Insert new rows of one model, with the keys that the database makes; no signal is sent."""
    features = connections[DEFAULT_DB_ALIAS].features
    if not features.can_return_rows_from_bulk_insert or any(map(has_expression, rows)):
        for row in rows:
            insert_alone(row)
        return
    for has_key in (True, False):
        alike = [row for row in rows if (row.pk is not None) == has_key]
        for start in range(0, len(alike), MOST_ROWS):
            insert_some(alike[start : start + MOST_ROWS])


def insert_some(rows: Sequence[Model]) -> None:
    kind = ("insert", type(rows[0]), len(rows), rows[0].pk is None)
    insertion, connection = compiled_once(
        kind, lambda connection: Insertion(rows, connection), DEFAULT_DB_ALIAS
    )
    insertion.run(rows, connection)


def insert_alone(row: Model) -> None:
    """Insert a row where the database tells no more than its key, as MySQL does."""
    fields = [field for field in row._meta.concrete_fields if is_given(field, row)]
    made = [field for field in (row._meta.pk,) if field not in fields]
    rows: Any = type(row)._base_manager._insert(  # type: ignore[attr-defined]
        [row], fields=fields, returning_fields=made, using=DEFAULT_DB_ALIAS
    )
    for field in row._meta.concrete_fields:
        # What the database computed is read when it is asked for.
        if field.generated or is_expression(row.__dict__.get(field.attname)):
            row.__dict__.pop(field.attname, None)
    take_made(row, made, *rows)


def has_expression(row: Model) -> bool:
    """Tell whether the database computes a column for this row, such as by a default of its own."""
    return any(map(is_expression, row.__dict__.values()))


def is_expression(value: Any) -> bool:
    return isinstance(value, BaseExpression | F)


def take_made(row: Model, fields: Sequence[Field], values: Sequence[Any] = ()) -> None:
    """Set what the database made, and mark the row as stored."""
    for field, value in zip(fields, values, strict=True):
        setattr(row, field.attname, value)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def cell_name(field: Field, place: int) -> str:
    return f"{field.attname}_{place}"


def is_given(field: Field, row: Model) -> bool:
    """Tell whether a new row brings the value of a column; the database makes the others."""
    return not field.generated and not (isinstance(field, AutoField) and row.pk is None)
