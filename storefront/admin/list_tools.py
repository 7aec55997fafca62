"""Links above a list, which several parts of its admin may add."""

from typing import Any, NamedTuple


class ListTool(NamedTuple):
    label: str
    url: str
    # Whether it leads to a file.
    is_file: bool = False


def with_list_tools(context: dict[str, Any] | None, *tools: ListTool) -> dict[str, Any]:
    """Return the context of a list with these links after those that it has."""
    context = context or {}
    return {**context, "list_tools": [*context.get("list_tools", ()), *tools]}
