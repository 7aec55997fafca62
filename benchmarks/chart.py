"""Bars, drawn as SVG: readable on light pages and on dark ones, without a library."""

from dataclasses import dataclass
from html import escape

WIDTH = 760
LABELS = 220
FIGURES = 70
ROW, BAR, TITLE, GAP = 24, 16, 34, 18

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .title { font-weight: 600; }
  .figure { font-variant-numeric: tabular-nums; }
  .other { fill: #9aa4af; }
  .ours { fill: #1f7a4d; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .other { fill: #6e7681; }
    .ours { fill: #3fb950; }
  }
"""


@dataclass(frozen=True)
class Bar:
    label: str
    value: float
    is_ours: bool


@dataclass(frozen=True)
class Panel:
    """Bars on a scale of their own."""

    title: str
    bars: list[Bar]

    @property
    def height(self) -> int:
        return TITLE + ROW * len(self.bars) + GAP


def draw(panels: list[Panel]) -> str:
    drawn: list[str] = []
    top = 0
    for panel in panels:
        drawn.append(draw_panel(panel, top))
        top += panel.height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" '
        f'viewBox="0 0 {WIDTH} {top}" role="img">\n'
        f"<style>{STYLE}</style>\n{''.join(drawn)}</svg>\n"
    )


def draw_panel(panel: Panel, top: int) -> str:
    title = f'<text class="title" x="0" y="{top + 20}">{escape(panel.title)}</text>\n'
    bars = sorted(panel.bars, key=lambda bar: -bar.value)
    scale = (WIDTH - LABELS - FIGURES) / bars[0].value
    rows = [
        draw_bar(bar, top + TITLE + place * ROW, bar.value * scale)
        for place, bar in enumerate(bars)
    ]
    return title + "".join(rows)


def draw_bar(bar: Bar, top: int, length: float) -> str:
    base = top + BAR - 3
    kind = "ours" if bar.is_ours else "other"
    figure = f"{bar.value:,.0f}" if bar.value >= 100 else f"{bar.value:.1f}"
    return (
        f'<text x="{LABELS - 8}" y="{base}" text-anchor="end">{escape(bar.label)}</text>\n'
        f'<rect class="{kind}" x="{LABELS}" y="{top}" width="{max(length, 1):.1f}" '
        f'height="{BAR}" rx="2"/>\n'
        f'<text class="figure" x="{LABELS + length + 6:.1f}" y="{base}">{figure}</text>\n'
    )
