"""More visitors step by step, one in twenty a shopper, until the shop fails them.

`make stress` serves a shop for it; with a server of one's own: `locust --locustfile locustfiles/climb.py --host ...`.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from browse_products import AnonymousBrowser
from locust import LoadTestShape, events
from shopper import Shopper

__all__ = ["AnonymousBrowser", "Climb", "Shopper"]

# Seconds in which the visitors of a step arrive; all of it is counted.
ARRIVAL = 5


@events.init_command_line_parser.add_listener
def add_options(parser: Any) -> None:
    group = parser.add_argument_group("climb")
    group.add_argument("--first", type=int, default=50, help="visitors of the first step")
    group.add_argument(
        "--growth", type=float, default=1.3, help="of the visitors, from step to step"
    )
    group.add_argument("--step", type=float, default=20, help="seconds of a step")
    group.add_argument("--steps", type=int, default=15, help="at most so many")
    group.add_argument("--failing", type=float, default=0.01, help="share of failures that ends it")
    group.add_argument("--steps-file", default="", help="where the steps are written, in JSON")


class Step:
    """What so many visitors met with."""

    def __init__(self, visitors: int, began: float) -> None:
        self.visitors = visitors
        self.began = began
        self.times: list[float] = []
        self.failures: Counter[str] = Counter()

    def note(self, response_time: float, exception: BaseException | None, **_: Any) -> None:
        self.times.append(response_time)
        if exception:
            self.failures[str(exception)] += 1

    def percentile(self, share: float) -> float:
        ordered = sorted(self.times)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0

    @property
    def failing(self) -> float:
        return self.failures.total() / len(self.times) if self.times else 1

    def figures(self, now: float) -> dict[str, Any]:
        return {
            "visitors": self.visitors,
            "requests": len(self.times),
            "per_second": len(self.times) / (now - self.began),
            "median": self.percentile(0.5),
            "p95": self.percentile(0.95),
            "failures": dict(self.failures.most_common()),
        }


class Climb(LoadTestShape):
    """Goes on to the next step until too many requests of one have failed."""

    def __init__(self) -> None:
        super().__init__()
        self.step: Step | None = None
        self.steps: list[dict[str, Any]] = []
        events.request.add_listener(self.note)

    def note(self, **request: Any) -> None:
        if self.step:
            self.step.note(**request)

    def tick(self) -> tuple[int, float] | None:
        assert self.runner
        options: Any = self.runner.environment.parsed_options
        now = self.get_run_time()
        step = self.step or self.begin(options.first, now)
        if now - step.began >= options.step:
            self.finish(step, now, options.steps_file)
            if step.failing > options.failing or len(self.steps) == options.steps:
                return None
            step = self.begin(round(step.visitors * options.growth), now)
        return step.visitors, max(step.visitors / ARRIVAL, 1)

    def begin(self, visitors: int, now: float) -> Step:
        self.step = Step(visitors, now)
        return self.step

    def finish(self, step: Step, now: float, file: str) -> None:
        self.steps.append(step.figures(now))
        if file:
            Path(file).write_text(json.dumps(self.steps))
