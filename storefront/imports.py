"""Libraries that others load wherever they are installed, for what the shop does not do."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

# By who loads them. They are installed for another's sake: djoser depends on both.
NEEDLESS = {
    # For a client of its own.
    "rest_framework.compat": ["requests"],
    # For signatures by other keys than ours.
    "jwt": ["cryptography"],
}
# Django REST framework loads it too, for fields that only PostgreSQL has.
POSTGRES_DRIVER = "psycopg"


def load_lean(databases: Mapping[str, Mapping[str, Any]]) -> None:
    """Load who would bring along what a shop on these databases does not use: 21 MB of a process."""
    engines = {database["ENGINE"].rpartition(".")[2] for database in databases.values()}
    drivers = [] if "postgresql" in engines else [POSTGRES_DRIVER]
    for loader, libraries in NEEDLESS.items():
        with left_out([*libraries, *drivers]):
            import_module(loader)


@contextmanager
def left_out(libraries: Iterable[str]) -> Iterator[None]:
    """Let imports in the block find none of these, unless it is loaded; after the block they do."""
    modules: dict[str, Any] = sys.modules
    absent = [name for name in libraries if name not in modules]
    # Python's own sign that there is no such module.
    modules.update(dict.fromkeys(absent))
    try:
        yield
    finally:
        for name in absent:
            del modules[name]
