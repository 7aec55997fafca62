"""Amounts added up by the database."""

from typing import Any

from django.db.models import DecimalField, Sum

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
