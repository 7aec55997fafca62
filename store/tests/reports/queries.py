from collections.abc import Iterable
from typing import Any


def selects(queries: Iterable[dict[str, Any]]) -> list[str]:
    """Return the statements that read; a limit of their time takes others on some databases."""
    return [query["sql"] for query in queries if "SELECT" in query["sql"]]
