from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

from cachetools import LRUCache
from django.db import connections

from .parameters import ListParameter, Many, Parameter

T = TypeVar("T")

# Statements of a connection, of some 13 KB each: one for each query, length of list and page that is
# asked for often.
MOST = 300


def compiled_once(key: Hashable, compile: Callable[[Any], T], using: str) -> tuple[T, Any]:
    """Return what was compiled for the connection of this thread, with that connection.

    A compiler holds its connection. So the connection holds what is compiled, and no thread meets another's.
    """
    connection: Any = connections[using]
    statements = connection.__dict__.setdefault("compiled_statements", LRUCache(MOST))
    found = statements.get(key)
    if found is None:
        found = statements[key] = compile(connection)
    return found, connection


class Declaration:
    """A query with named parameters; what else its function takes is part of the SQL."""

    def __init__(self, build: Callable[..., Any], parameters: Mapping[str, Any]) -> None:
        self.build, self.parameters = build, parameters

    def key(self, values: Mapping[str, Any]) -> Hashable:
        return self, *(self.part(name, value) for name, value in values.items())

    def part(self, name: str, value: Any) -> Any:
        declared = self.parameters.get(name)
        if declared is None:
            return name, value
        return (name, len(value)) if isinstance(declared, Many) else name

    def built(self, values: Mapping[str, Any]) -> Any:
        """Return what the function makes of parameters in the place of values."""
        return self.build(**{name: self.placed(name, value) for name, value in values.items()})

    def placed(self, name: str, value: Any) -> Any:
        match self.parameters.get(name):
            case None:
                return value
            case Many(field):
                return ListParameter(name, field, len(value))
            case field:
                return Parameter(name, field)

    def is_empty(self, values: Mapping[str, Any]) -> bool:
        """Tell whether a list is empty, of which no database takes the SQL."""
        return any(
            isinstance(declared, Many) and not values[name]
            for name, declared in self.parameters.items()
        )
