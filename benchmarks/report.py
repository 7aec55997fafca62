"""Tables in Markdown, between two marks of a page that people write."""

import re
from collections.abc import Iterable
from pathlib import Path

from .goals import Goal, goals_on
from .measurements import Measurement
from .options import ROOT
from .results import Results
from .works import WORKS, Work

PAGE = ROOT / "docs/performance.md"
Cells = Iterable[str]


def table(head: Cells, rows: Iterable[Cells], align: str) -> str:
    """Lay out a table; `align` has a letter a column, l or r."""
    rule = ["---:" if letter == "r" else "---" for letter in align]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def tables(results: Results, database: str) -> str:
    parts = [goals_table(results, goals_on(database)), works_table(results), servers_table(results)]
    return "\n\n".join(parts)


def goals_table(results: Results, goals: list[Goal]) -> str:
    rows = (goal_row(goal, goal.result(results)) for goal in goals)
    return table(("Work", "Goal", "Result", ""), rows, "lrrl")


def goal_row(goal: Goal, found: float | None) -> Cells:
    sign = "<=" if goal.at_most else ">="
    wanted = f"{sign} {goal.bound:g} {goal.unit}"
    if found is None:
        return goal.work, wanted, "n/a", ""
    verdict = "hit" if goal.is_hit(found) else "**miss**"
    return goal.work, wanted, f"{found:.3g}", verdict


def works_table(results: Results) -> str:
    rows = (row for work in WORKS for row in work_rows(results, work))
    head = ("Work", "Served by", "per second", "p50, ms", "p99, ms", "CPU", "errors")
    return table(head, rows, "llrrrrr")


def work_rows(results: Results, work: Work) -> Iterable[Cells]:
    title = work.name
    for contestant in work.contestants:
        yield title, contestant, *figures(results.of(work.name, contestant))
        # Said once.
        title = ""


def figures(found: Measurement | None) -> Cells:
    if found is None:
        return ("n/a",) * 5
    return (
        f"{found.rate:,.0f}" if found.rate >= 100 else f"{found.rate:.1f}",
        f"{found.p50 * 1000:.1f}",
        f"{found.p99 * 1000:.1f}",
        f"{found.cpu:.0%}",
        f"{found.errors + found.lost}",
    )


def servers_table(results: Results) -> str:
    rows = (
        (name, f"{results.start(name):.2f}", f"{memory.rss:.0f}", f"{memory.pss:.0f}")
        for name, memory in results.memory.items()
    )
    head = ("Server", "start to first response, s", "worker, RSS, MB", "worker, PSS, MB")
    return table(head, rows, "lrrr")


def write_section(name: str, text: str, file: Path = PAGE) -> None:
    """Replace what stands between the marks of a section of the page."""
    page = file.read_text()
    section = re.compile(rf"(<!-- {name} -->\n).*(<!-- /{name} -->)", re.DOTALL)
    written, count = section.subn(lambda marks: f"{marks[1]}\n{text}\n\n{marks[2]}", page)
    if count != 1:
        raise SystemExit(f"{file.name} has no section {name}.")
    file.write_text(written)
