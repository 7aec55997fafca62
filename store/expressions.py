"""Amounts added up, and moments cut to their day, by the database."""

from datetime import UTC
from typing import Any

from django.db.models import DecimalField, Sum
from django.db.models.functions import TruncDate

from .money import DECIMAL_PLACES, SUM_DIGITS


class AmountSum(Sum):
    """A sum that is exact to the hundredth."""

    def __init__(self, expression: Any, **extra: Any) -> None:
        field: Any = DecimalField(max_digits=SUM_DIGITS, decimal_places=DECIMAL_PLACES)
        super().__init__(expression, **{"output_field": field, **extra})

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        """Add up whole hundredths: floats, which SQLite has instead of decimals, would drift."""
        template = "SUM(CAST(ROUND(100 * (%(expressions)s)) AS INTEGER)) / 100.0"
        return super().as_sqlite(compiler, connection, template=template, **context)


class UtcDay(TruncDate):
    """The day (UTC) of a moment."""

    def __init__(self, moment: str) -> None:
        super().__init__(moment, tzinfo=UTC)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        """Cut it in SQL, since SQLite holds moments in UTC: Django's own function is one of Python for each row."""
        sql, params = compiler.compile(self.lhs)
        return f"date({sql})", params
