from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet
from django.db.models.sql import DeleteQuery, UpdateQuery

from .cache import Declaration, compiled_once
from .parameters import bound

Updated = tuple[QuerySet[Any], dict[str, Any]]


def compiled_update(**parameters: Any) -> Callable[[Callable[..., Updated]], "CompiledWrite"]:
    """Compile the update that a function names: the queryset of the rows, and what they get by field."""
    return lambda build: CompiledWrite(Declaration(build, parameters), update_query)


def compiled_delete(**parameters: Any) -> Callable[[Callable[..., QuerySet]], "CompiledWrite"]:
    """Compile the deletion of the rows of a queryset, and of no others: nothing cascades."""
    return lambda build: CompiledWrite(Declaration(build, parameters), delete_query)


def update_query(updated: Updated) -> Any:
    queryset, values = updated
    query: Any = queryset.order_by().query.chain(UpdateQuery)
    query.add_update_values(values)
    query.clear_select_clause()
    return query


def delete_query(queryset: QuerySet[Any]) -> Any:
    return queryset.order_by().query.chain(DeleteQuery)


class CompiledWrite:
    def __init__(self, declaration: Declaration, query_of: Callable[[Any], Any]) -> None:
        self.declaration, self.query_of = declaration, query_of

    def __call__(self, using: str = DEFAULT_DB_ALIAS, **values: Any) -> int:
        """Run it, and return the number of rows it found."""
        (sql, params), connection = compiled_once(
            self.declaration.key(values),
            lambda connection: (
                self.query_of(self.declaration.built(values))
                .get_compiler(connection=connection)
                .as_sql()
            ),
            using,
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, bound(params, values, connection))
            found: int = cursor.rowcount
            return found
