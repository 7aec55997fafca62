from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin

from ..money import displayed, minor_unit_of


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
    """Shows and takes a price with the decimals of the shop's currency."""

    def prepare_value(self, value: Any) -> Any:
        return displayed(value) if isinstance(value, Decimal) else value

    def widget_attrs(self, widget: Any) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"step": minor_unit_of(settings.STORE_CURRENCY)}
