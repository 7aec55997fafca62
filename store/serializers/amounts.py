from typing import Any

from rest_framework import serializers


class SumField(serializers.DecimalField):
    """An amount without a largest one: a cart or an order may have any number of lines."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=None, decimal_places=2, read_only=True, **kwargs)
