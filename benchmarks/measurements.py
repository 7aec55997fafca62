"""What one measurement found, and the middle one of several."""

from dataclasses import dataclass, fields, replace
from statistics import median


@dataclass(frozen=True)
class Measurement:
    """Rates are per second, times in seconds; the CPU is a share of all cores of the machine."""

    done: int
    rate: float
    p50: float
    p99: float
    errors: int
    cpu: float = 0.0
    # Orders that were confirmed and are not in the database, or whose stock is not gone.
    lost: int = 0

    @classmethod
    def middle(cls, rounds: list["Measurement"]) -> "Measurement":
        """Take the median of each figure, and add up what should not have happened."""
        names = [field.name for field in fields(cls)]
        middles = cls(**{name: median(getattr(each, name) for each in rounds) for name in names})
        errors, lost = (sum(getattr(each, name) for each in rounds) for name in ("errors", "lost"))
        return replace(middles, errors=errors, lost=lost)


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
