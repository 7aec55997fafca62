"""What the Redis cache holds: JSON, which no reader runs, whoever wrote it."""

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django_redis.serializers.base import BaseSerializer

TYPE, TEXT = "__type__", "text"
READERS: dict[str, Callable[[str], Any]] = {
    "Decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
}


class JSONSerializer(BaseSerializer):
    """Keeps the types of a report's figures; what is no JSON counts as not cached."""

    def dumps(self, value: Any) -> bytes:
        return json.dumps(value, default=typed).encode()

    def loads(self, value: bytes) -> Any:
        try:
            return json.loads(value, object_hook=read_typed)
        # Pickles of a release before this one, or what somebody else wrote.
        except (ValueError, ArithmeticError, TypeError, RecursionError):
            return None


def typed(value: Any) -> dict[str, str]:
    name = type(value).__name__
    if name not in READERS:
        raise TypeError(f"The cache holds no {name}.")
    return {TYPE: name, TEXT: str(value)}


def read_typed(found: dict[str, Any]) -> Any:
    read = READERS.get(str(found.get(TYPE)))
    return read(found.get(TEXT, "")) if read else found
