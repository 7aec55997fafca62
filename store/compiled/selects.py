from collections.abc import Callable, Hashable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet, query

from .cache import Declaration, compiled_once
from .parameters import bound

# Of which the stubs know nothing.
related_populators: Any = vars(query)["get_related_populators"]


def compiled_select(**parameters: Any) -> Callable[[Callable[..., QuerySet]], "CompiledSelect"]:
    """Compile the queryset that a function makes of parameters, declared as name=Field() or name=Many(Field())."""
    return lambda build: CompiledSelect(Declaration(build, parameters))


def compiled_instances(queryset: QuerySet[Any], key: Hashable) -> list[Any]:
    """Return the instances of a queryset without parameters, which the key names."""
    statement, connection = compiled_once(
        (InstanceStatement, key),
        lambda connection: InstanceStatement(queryset, connection),
        queryset.db,
    )
    return statement.fetch({}, connection)


class CompiledSelect:
    def __init__(self, declaration: Declaration) -> None:
        self.declaration = declaration

    def rows(self, using: str = DEFAULT_DB_ALIAS, **values: Any) -> list[Any]:
        """Return a tuple for each row that a `values_list()` queryset finds."""
        return self._run(Statement, using, values)

    def instances(self, using: str = DEFAULT_DB_ALIAS, **values: Any) -> list[Any]:
        """Return the rows as instances, with what `only()` and `select_related()` of the queryset say."""
        return self._run(InstanceStatement, using, values)

    def _run(self, kind: type["Statement"], using: str, values: dict[str, Any]) -> list[Any]:
        if self.declaration.is_empty(values):
            return []
        statement, connection = compiled_once(
            (kind, self.declaration.key(values)),
            lambda connection: kind(self.declaration.built(values), connection),
            using,
        )
        return statement.fetch(values, connection)


class Statement:
    def __init__(self, queryset: QuerySet[Any, Any], connection: Any) -> None:
        self.compiler = queryset.query.get_compiler(connection=connection)
        try:
            self.sql, self.params = self.compiler.as_sql()
        except EmptyResultSet:
            self.sql = ""
            return
        selected = self.compiler.select[: self.compiler.col_count]
        self.converters = self.compiler.get_converters([column for column, *_ in selected])

    def fetch(self, values: Any, connection: Any) -> list[Any]:
        if not self.sql:
            return []
        with connection.cursor() as cursor:
            cursor.execute(self.sql, bound(self.params, values, connection))
            rows: list[Any] = cursor.fetchall()
        return [*self.compiler.apply_converters(rows, self.converters)] if self.converters else rows


class InstanceStatement(Statement):
    def __init__(self, queryset: QuerySet[Any, Any], connection: Any) -> None:
        super().__init__(queryset, connection)
        if not self.sql:
            return
        found: Any = self.compiler.klass_info
        places = found["select_fields"]
        self.model, self.start, self.end = found["model"], places[0], places[-1] + 1
        columns = self.compiler.select[self.start : self.end]
        self.names = [column.target.attname for column, *_ in columns]
        self.related = related_populators(found, self.compiler.select, connection.alias)

    def fetch(self, values: Any, connection: Any) -> list[Any]:
        found = []
        for row in super().fetch(values, connection):
            one = self.model.from_db(connection.alias, self.names, row[self.start : self.end])
            for related in self.related:
                related.populate(row, one)
            found.append(one)
        return found
