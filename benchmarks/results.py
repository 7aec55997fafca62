"""All that a run found."""

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median

from .measurements import Measurement
from .processes import Memory


@dataclass
class Results:
    measurements: defaultdict[tuple[str, str], list[Measurement]] = field(
        default_factory=lambda: defaultdict(list)
    )
    # Seconds from the start of a contestant to its first response, one figure a round.
    starts: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    # Of a worker, after the run.
    memory: dict[str, Memory] = field(default_factory=dict)

    def of(self, work: str, contestant: str) -> Measurement | None:
        """Return the middle of what was measured, None where that could not be."""
        rounds = self.measurements.get((work, contestant))
        return Measurement.middle(rounds) if rounds else None

    def start(self, contestant: str) -> float:
        return median(self.starts[contestant])
