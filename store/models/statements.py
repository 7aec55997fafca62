"""SQL that is compiled once and run many times: what nearly every request reads."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet


class Statement:
    """The SQL of a `values_list()` queryset; to compile it costs more than to run it."""

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        self.compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            self.sql, self.params = self.compiler.as_sql()
        except EmptyResultSet:
            self.sql, self.params = "", ()
            return
        selected = self.compiler.select[: self.compiler.col_count]
        self.converters = self.compiler.get_converters([column for column, *_ in selected])

    def rows(self, params: Sequence[Any] | None = None) -> list[Sequence[Any]]:
        if not self.sql:
            return []
        rows = run(self.sql, self.params if params is None else params)
        return (
            list(self.compiler.apply_converters(rows, self.converters)) if self.converters else rows
        )


def run(sql: str, params: Sequence[Any]) -> list[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
