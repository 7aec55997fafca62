"""What a run is told on its command line."""

from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Each in an environment of its own: neither may lend the other a package.
SHOP_PYTHON = ROOT / ".venv/bin/python"
BENCH_PYTHON = ROOT / ".bench/bin/python"


@dataclass(frozen=True)
class Options:
    database: str
    rounds: int
    seconds: float


def hostile_parser(description: str) -> ArgumentParser:
    """Return what the runs share that attack a shop."""
    parser = ArgumentParser(description=description)
    parser.add_argument("--database", choices=["sqlite", "mariadb", "postgresql"], default="sqlite")
    parser.add_argument("--only", default="", help="only those that have this in their names")
    parser.add_argument("--no-write", dest="write", action="store_false", help="only print it")
    return parser


def read_options(description: str, databases: list[str]) -> Options:
    parser = ArgumentParser(description=description)
    parser.add_argument("--database", choices=databases, default=databases[0])
    parser.add_argument("--rounds", type=int, default=3, help="the median of so many counts")
    parser.add_argument("--seconds", type=float, default=3, help="how long each measurement lasts")
    given = parser.parse_args()
    if given.rounds < 1 or given.seconds <= 0:
        parser.error("--rounds and --seconds must be positive.")
    return Options(given.database, given.rounds, given.seconds)
