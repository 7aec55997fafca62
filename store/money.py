from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings

CENT = Decimal("0.01")


def round_to_cents(amount: Decimal) -> Decimal:
    """Round an amount half-up to whole cents."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def summed(amounts: Iterable[Decimal | None]) -> Decimal:
    """Add up amounts; one that is not known counts for nothing."""
    return sum((amount or Decimal(0) for amount in amounts), Decimal(0))


def with_tax(amount: Decimal) -> Decimal:
    """Return the amount with the shop's tax (STORE_TAX_RATE), in whole cents."""
    return round_to_cents(amount * (1 + settings.STORE_TAX_RATE))


def tax_on(amount: Decimal) -> Decimal:
    """Return the shop's tax on the amount, in whole cents."""
    return with_tax(amount) - amount
