from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from rest_framework import serializers

from ..money import DECIMAL_PLACES, displayed


class AmountField(serializers.DecimalField):
    """An amount without a largest one: a cart, an order or a report may have any number of lines."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_digits=None,
            decimal_places=DECIMAL_PLACES,
            rounding=ROUND_HALF_UP,
            read_only=True,
            **kwargs,
        )

    def to_representation(self, value: Any) -> Any:
        # Sums have any number of digits, which a field that rounds would have to be told.
        return displayed(value if isinstance(value, Decimal) else Decimal(str(value)))
