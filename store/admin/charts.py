"""Charts as plain numbers, which templates draw as SVG; the table behind each says the same in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise

# Points above which bars would be thinner than the gaps between them.
MOST_BARS = 100
# Labels below a chart; a phone shows every second one.
MOST_LABELS = 6
# Lines across a chart, without the one at zero.
LINES = 4
# Of each distance between two bars.
BAR_WIDTH = Decimal("0.72")
# Characters of a name that a phone shows in one line.
NAME_LENGTH = 34
# Pixels from one bar of a ranking to the next.
ROW_HEIGHT = 38
STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
UNITS = ((Decimal(10**9), "G"), (Decimal(10**6), "M"), (Decimal(10**3), "k"))


@dataclass(frozen=True)
class Point:
    label: str
    value: Decimal
    # The value as people read it.
    text: str


@dataclass(frozen=True)
class Mark:
    """A label beside a chart, at so many hundredths of its width or height."""

    at: Decimal
    text: str


@dataclass(frozen=True)
class Bar:
    """A rectangle in hundredths of the chart, or a row of a ranking, whose `y` is of pixels."""

    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal
    point: Point


@dataclass(frozen=True)
class Chart:
    key: str
    title: str
    description: str
    kind: str
    bars: Sequence[Bar] = ()
    # The corners of a line, as SVG takes them.
    line: str = ""
    lines: Sequence[Mark] = ()
    labels: Sequence[Mark] = ()
    height: int = 0


def nice_step(highest: Decimal, whole: bool = False) -> Decimal:
    """Return the smallest round distance of which LINES reach the highest value."""
    if highest <= 0:
        return Decimal(1)
    raw = highest / LINES
    power: Decimal = Decimal(1).scaleb(raw.adjusted())
    step = next(step * power for step in STEPS if step * power >= raw)
    return step.to_integral_value(ROUND_CEILING) if whole else step


def short(value: Decimal) -> str:
    """Write a value for an axis: 1500 as 1.5k."""
    for unit, letter in UNITS:
        if value >= unit:
            return f"{(value / unit).normalize():f}{letter}"
    return f"{value.normalize():f}"


def percent(part: Decimal | int, whole: Decimal | int) -> Decimal:
    share = Decimal(100) * part / whole if whole else Decimal(0)
    return share.quantize(Decimal("0.01"))


def series(*, key: str, title: str, points: Sequence[Point], whole: bool = False) -> Chart:
    """Draw values of equal distances as bars, or as a line where there are many."""
    highest = highest_of(points)
    step = nice_step(highest, whole)
    top = max((highest / step).to_integral_value(ROUND_CEILING), Decimal(1)) * step
    is_line = len(points) > MOST_BARS
    return Chart(
        key=key,
        title=title,
        description=described(points),
        kind="line" if is_line else "bars",
        bars=() if is_line else bars_of(points, top),
        line=line_through(points, top) if is_line else "",
        lines=[
            Mark(100 - percent(step * number, top), short(step * number))
            for number in range(int(top / step) + 1)
        ],
        labels=labels_of(points),
    )


def highest_of(points: Sequence[Point]) -> Decimal:
    return max((point.value for point in points), default=Decimal(0))


def bars_of(points: Sequence[Point], top: Decimal) -> list[Bar]:
    place = Decimal(100) / len(points) if points else Decimal(0)
    width = (place * BAR_WIDTH).quantize(Decimal("0.001"))
    bars = []
    for number, point in enumerate(points):
        x = (place * number + (place - width) / 2).quantize(Decimal("0.001"))
        height = percent(point.value, top)
        bars.append(Bar(x, 100 - height, width, height, point))
    return bars


def line_through(points: Sequence[Point], top: Decimal) -> str:
    corners = [
        f"{percent(2 * number + 1, 2 * len(points))},{100 - percent(point.value, top)}"
        for number, point in enumerate(points)
    ]
    return " ".join(corners)


def labels_of(points: Sequence[Point]) -> list[Mark]:
    """Name points at equal distances, each at its middle."""
    every = max(-(-len(points) // MOST_LABELS), 1)
    return [
        Mark(percent(2 * number + 1, 2 * len(points)), points[number].label)
        for number in range(0, len(points), every)
    ]


def ranking(*, key: str, title: str, points: Sequence[Point]) -> Chart:
    """Draw values below each other, with the name of each above its bar."""
    highest = highest_of(points)
    bars = [
        Bar(
            Decimal(0),
            Decimal(ROW_HEIGHT * number),
            percent(point.value, highest),
            Decimal(8),
            Point(shortened(point.label), point.value, point.text),
        )
        for number, point in enumerate(points)
    ]
    description = described(points)
    return Chart(key, title, description, "ranking", bars=bars, height=ROW_HEIGHT * len(points))


def shortened(name: str) -> str:
    return name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1].rstrip()}…"


def described(points: Sequence[Point]) -> str:
    """Say what a chart shows to those who do not see it."""
    if not points:
        return "Nothing to show."
    highest = max(points, key=lambda point: point.value)
    count = "One value" if len(points) == 1 else f"{len(points)} values"
    ends = f", from {points[0].label} to {points[-1].label}" if len(points) > 1 else ""
    return f"{count}{ends}. The highest is {highest.text}, {highest.label}. {trend(points)}".strip()


def trend(points: Sequence[Point]) -> str:
    """Say whether the values fall all the way, as those of a ranking do."""
    falls = all(before.value >= after.value for before, after in pairwise(points))
    return "The values fall from the first to the last." if falls and len(points) > 2 else ""
