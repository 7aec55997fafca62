from decimal import Decimal

from django import template

from ..money import displayed

register = template.Library()


@register.filter
def amount(value: Decimal | None) -> Decimal | None:
    """Write an amount with the decimals of the shop's currency."""
    return None if value is None else displayed(value)
