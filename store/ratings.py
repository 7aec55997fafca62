from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

TENTH = Decimal("0.1")


class Rating(NamedTuple):
    """What the reviews of a product come to: the sum and the number of those that rate it."""

    total: int
    number: int

    @property
    def average(self) -> Decimal | None:
        """From 1 to 5, rounded half-up to one decimal; None where nobody has rated."""
        if not self.number:
            return None
        return (Decimal(self.total) / self.number).quantize(TENTH, rounding=ROUND_HALF_UP)


NO_RATING = Rating(total=0, number=0)
