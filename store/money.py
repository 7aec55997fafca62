"""Amounts of the shop's currency: how they are rounded, added up, taxed and shown."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.conf import settings
from iso4217 import Currency

# Digits of the largest price, 99,999,999.99, and of the largest sum of prices that a column takes.
PRICE_DIGITS, SUM_DIGITS = 10, 20
# The columns hold hundredths, whatever the currency.
DECIMAL_PLACES = 2
HUNDREDTH = Decimal("0.01")


@lru_cache(maxsize=8)
def minor_unit_of(currency: str) -> Decimal:
    """Return the smallest amount of a currency by ISO 4217: a cent of USD, a yen of JPY."""
    return Decimal(1).scaleb(-(Currency(currency).exponent or 0))


def round_to_minor_unit(amount: Decimal) -> Decimal:
    """Round an amount half-up to the minor unit of the shop's currency."""
    return amount.quantize(minor_unit_of(settings.STORE_CURRENCY), rounding=ROUND_HALF_UP)


def is_rounded(amount: Decimal) -> bool:
    """Tell whether an amount has no more decimals than the shop's currency; zeros do not count."""
    decimals = amount.normalize().as_tuple().exponent
    unit = minor_unit_of(settings.STORE_CURRENCY).as_tuple().exponent
    # Of what is no number, the exponent is a letter.
    return isinstance(decimals, int) and isinstance(unit, int) and decimals >= unit


def displayed(amount: Decimal) -> Decimal:
    """Return an amount with the decimals of the shop's currency.

    One that was written under another currency keeps its hundredths.
    """
    rounded = round_to_minor_unit(amount)
    return rounded if rounded == amount else amount.quantize(HUNDREDTH, rounding=ROUND_HALF_UP)


def summed(amounts: Iterable[Decimal | None]) -> Decimal:
    """Add up amounts; one that is not known counts for nothing."""
    return sum((amount or Decimal(0) for amount in amounts), Decimal(0))


def with_tax(amount: Decimal) -> Decimal:
    """Return the amount with the shop's tax (STORE_TAX_RATE), rounded to the minor unit."""
    return round_to_minor_unit(amount * (1 + settings.STORE_TAX_RATE))


def tax_on(amount: Decimal) -> Decimal:
    """Return the shop's tax on the amount."""
    return with_tax(amount) - amount
