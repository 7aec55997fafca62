from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import Expression, Field


class Many(NamedTuple):
    """Declares a parameter that takes a list of values, for an `__in` lookup."""

    field: Field


class Parameter(Expression):
    """Stands in a query for a value that is given by its name when the query is run."""

    def __init__(self, name: str, output_field: Field) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]

    def value_in(self, values: Mapping[str, Any], connection: Any) -> Any:
        return self.output_field.get_db_prep_value(values[self.name], connection)


class Item(Parameter):
    """One value of a list."""

    def __init__(self, name: str, output_field: Field, place: int) -> None:
        super().__init__(name, output_field)
        self.place = place

    def value_in(self, values: Mapping[str, Any], connection: Any) -> Any:
        value = values[self.name][self.place]
        # A number is what it is on each database.
        return (
            value if type(value) is int else self.output_field.get_db_prep_value(value, connection)
        )


class ListParameter(Expression):
    """Stands for a list of so many values."""

    def __init__(self, name: str, output_field: Field, length: int) -> None:
        super().__init__(output_field=output_field)
        self.items = [Item(name, output_field, place) for place in range(length)]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return ", ".join(["%s"] * len(self.items)), [*self.items]


def bound(params: Sequence[Any], values: Mapping[str, Any], connection: Any) -> list[Any]:
    """Return what stands for each placeholder of a statement, as the database takes it."""
    return [
        param.value_in(values, connection) if isinstance(param, Parameter) else param
        for param in params
    ]
