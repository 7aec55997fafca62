"""How many visitors the shop bears: `make stress`."""

import json
import os
import subprocess
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from .machine import machine
from .options import ROOT, SHOP_PYTHON
from .progress import say
from .report import PAGE, Cells, table, write_section
from .servers import Contestant, Server, serving
from .stage import Stage, fill_shop, set_stage

# How each is started by the shop's own commands.
RUNSERVER = ("manage.py", "runserver", "{port}")
COMMANDS = {
    "development": RUNSERVER,
    "development-without-toolbar": RUNSERVER,
    "production": ("-m", "gunicorn", "storefront.wsgi", "--bind", "127.0.0.1:{port}"),
}
# Share of failures with which a step counts as one that the shop did not serve.
FAILING = 0.01
# Milliseconds from which a page is called slow.
SLOW = 1000

Figures = dict[str, Any]


def main() -> None:
    options = read_options()
    load = os.getloadavg()[0]
    with set_stage(options.database, "storefront_stress") as stage:
        fill_shop(stage)
        with serving(contestant(options.server, stage), stage.folder / "server.log") as server:
            steps = climb(server, options, stage.folder / "steps.json")
    lines = [circumstances(options, load), table(*steps_table(steps)), verdict(steps)]
    text = "\n\n".join(lines)
    if options.write:
        write_section(f"stress-{options.server}", text)
        say(f"{text}\n\nWritten into {PAGE.name}.")
    else:
        say(text)


def read_options() -> Namespace:
    parser = ArgumentParser(description="Send more and more visitors until the shop fails.")
    parser.add_argument("--server", choices=COMMANDS, default="development")
    parser.add_argument("--database", choices=["sqlite", "mariadb", "postgresql"], default="sqlite")
    parser.add_argument("--first", type=int, default=50, help="visitors of the first step")
    parser.add_argument("--step", type=float, default=20, help="seconds of a step")
    parser.add_argument("--no-write", dest="write", action="store_false", help="only print it")
    return parser.parse_args()


def contestant(server: str, stage: Stage) -> Contestant:
    environment = stage.shop
    if COMMANDS[server] is RUNSERVER:
        # Nothing but what `make run` has.
        environment = {name: environment[name] for name in ("DATABASE_URL", "MEDIA_ROOT")}
        environment["DEBUG_TOOLBAR"] = "0" if "without" in server else "1"
    return Contestant(server, SHOP_PYTHON, COMMANDS[server], environment, ROOT)


def climb(server: Server, options: Namespace, file: Path) -> list[Figures]:
    """Let the visitors climb until the server fails, and return what each step met with."""
    command = [str(SHOP_PYTHON.with_name("locust")), "--headless", "--only-summary"]
    command += ["--locustfile", str(ROOT / "locustfiles/climb.py"), "--host", server.address]
    command += ["--first", str(options.first), "--step", str(options.step)]
    command += ["--failing", str(FAILING), "--steps-file", str(file), "--exit-code-on-error", "0"]
    subprocess.run(command, check=True)
    steps: list[Figures] = json.loads(file.read_text())
    return steps


def circumstances(options: Namespace, load: float) -> str:
    command = (
        f"make stress SERVER={options.server} DATABASE={options.database} FIRST={options.first}"
    )
    return (
        f"`{command}` on {date.today().isoformat()}; {machine()}, shared with the visitors. "
        f"Load average before it: {load:.1f}; where it is not near 0, other work took its part of the cores."
    )


def steps_table(steps: list[Figures]) -> tuple[Cells, Iterator[Cells], str]:
    head = ("Visitors", "requests", "per second", "median, ms", "95 %, ms", "failed", "how")
    return head, (step_row(step) for step in steps), "rrrrrrl"


def step_row(step: Figures) -> Cells:
    return (
        f"{step['visitors']:,}",
        f"{step['requests']:,}",
        f"{step['per_second']:,.0f}",
        f"{step['median']:,.0f}",
        f"{step['p95']:,.0f}",
        f"{sum(step['failures'].values()):,}",
        ", ".join(f"{count:,} × {kind}" for kind, count in step["failures"].items()),
    )


def verdict(steps: list[Figures]) -> str:
    slow = next((step["visitors"] for step in steps if step["p95"] > SLOW), None)
    *borne, last = steps
    said = [f"Slow (95 % above {SLOW:,} ms) from {slow:,} visitors." if slow else "Never slow."]
    if sum(last["failures"].values()) > FAILING * last["requests"]:
        before = f", after {borne[-1]['visitors']:,} that it served" if borne else ""
        said.append(f"It fails at {last['visitors']:,}{before}.")
    else:
        said.append(f"It did not fail with {last['visitors']:,}.")
    return " ".join(said)


if __name__ == "__main__":
    main()
