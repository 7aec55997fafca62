from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin

from ..money import displayed


def amount_column(name: str, title: str | None = None, **options: Any) -> Any:
    """Return a column, or a read-only field, of an amount with the decimals of the shop's currency."""

    @admin.display(description=title or name.replace("_", " "), **options)
    def column(row: Any) -> Decimal | None:
        amount = getattr(row, name)
        return None if amount is None else displayed(amount)

    # Names the column in the page's style sheets.
    column.__name__ = name
    return column


class PriceField(forms.DecimalField):
    """Shows a price with the decimals of the shop's currency."""

    def prepare_value(self, value: Any) -> Any:
        return displayed(value) if isinstance(value, Decimal) else value
