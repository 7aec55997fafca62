"""Libraries that others import wherever they are installed, for what the shop does not do."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

# By the module that imports them. djoser depends on both, so that they are installed.
UNUSED = {
    # For a client of its own.
    "rest_framework.compat": ["requests"],
    # For signatures by other keys than ours.
    "jwt": ["cryptography"],
}
# Django REST framework loads it too, for fields that only PostgreSQL has.
POSTGRES_DRIVER = "psycopg"


def import_without_unused_libraries(databases: Mapping[str, Mapping[str, Any]]) -> None:
    """Import modules without libraries that a shop on these databases does not use: 21 MB of a process."""
    engines = {database["ENGINE"].rpartition(".")[2] for database in databases.values()}
    drivers = [] if "postgresql" in engines else [POSTGRES_DRIVER]
    for loader, libraries in UNUSED.items():
        with hidden_modules([*libraries, *drivers]):
            import_module(loader)


@contextmanager
def hidden_modules(libraries: Iterable[str]) -> Iterator[None]:
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
