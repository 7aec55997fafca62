"""How operations refuse: schemas and examples of the bodies, made from the exceptions that are raised.

`responses={201: ..., **refused_with(EmptyCart, OutOfStock)}` of `extend_schema` says what an operation refuses with
beside what follows from its view. An exception that takes arguments has an example of them, `sample`.
"""

import json
import re
from collections.abc import Iterable
from inspect import getdoc
from typing import Any, NamedTuple

from django.utils.functional import cached_property
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer

from ..errors.exceptions import Conflict, RequestTooLarge
from ..errors.handler import exception_handler

TEXT = {"type": "string"}
# Marked, the hooks leave it out of what is required.
LEFT_OUT = {"x-left-out": True}
# A type of one value, and none that is no value: openapi-fetch leaves properties of null or never out of its types.
NO_CODE = {
    "type": "string",
    "const": "",
    "description": "Never sent; stands here so that a refusal is told by its `code` alone.",
    **LEFT_OUT,
}


class Kind:
    """What is refused in one way: exceptions whose bodies differ in their words, or in their code alone."""

    def __init__(self, name: str, *samples: Exception, description: str = "") -> None:
        self.name, self.samples = name, samples
        self.description = description or self.told()

    @cached_property
    def answers(self) -> list[Any]:
        return [exception_handler(each, {}) for each in self.samples]

    @cached_property
    def bodies(self) -> list[dict[str, Any]]:
        return [as_sent(each.data) for each in self.answers]

    @property
    def status(self) -> int:
        return int(self.answers[0].status_code)

    @property
    def codes(self) -> list[str]:
        return list(dict.fromkeys(body["code"] for body in self.bodies if "code" in body))

    @property
    def is_waited_for(self) -> bool:
        return any(each.has_header("Retry-After") for each in self.answers)

    def told(self) -> str:
        exception = type(self.samples[0])
        is_own = bool(vars(exception).get("__doc__"))
        text = getdoc(exception) if is_own else words_of(self.bodies[0])
        return " ".join((text or "").split())


class Refusals(NamedTuple):
    """What an operation refuses with under one status."""

    kinds: tuple[Kind, ...]


KINDS: dict[type[Exception], Kind] = {}


class Waiting(exceptions.Throttled):
    """Too often."""

    def __init__(self) -> None:
        super().__init__(wait=30)


def as_sent(body: Any) -> Any:
    return json.loads(JSONRenderer().render(body))


def words_of(body: dict[str, Any]) -> str:
    """Return what a body says to people."""
    first = next(iter(body.values()))
    return str(first[0] if isinstance(first, list) else first)


def kind_of(exception: type[Exception]) -> Kind:
    """Return the only kind of an exception's refusals."""
    if exception not in KINDS:
        sample = exception(*getattr(exception, "sample", ()))
        KINDS[exception] = Kind(exception.__name__, sample)
    return KINDS[exception]


def refused_with(*exceptions: type[Exception] | Kind) -> dict[int, Refusals]:
    """Return by status the refusals of an operation, for `extend_schema`."""
    kinds = [each if isinstance(each, Kind) else kind_of(each) for each in exceptions]
    return {
        status: Refusals(tuple(each for each in kinds if each.status == status))
        for status in sorted({each.status for each in kinds})
    }


def schema_of_all(values: Iterable[Any]) -> dict[str, Any]:
    """Return the schema of an object of which these are examples."""
    examples = list(values)
    properties: dict[str, Any] = {}
    for name in dict.fromkeys(name for each in examples for name in each):
        found = [each[name] for each in examples if name in each]
        properties[name] = codes_schema(found) if name == "code" else schema_of(found[0])
        if len(found) < len(examples):
            properties[name].update(LEFT_OUT)
    properties.setdefault("code", NO_CODE)
    return {"type": "object", "properties": properties, "required": list(properties)}


def codes_schema(found: list[str]) -> dict[str, Any]:
    codes = list(dict.fromkeys(found))
    # Named for the hooks, or drf-spectacular would make a component of each enumeration.
    return {**TEXT, **({"const": codes[0]} if len(codes) == 1 else {"x-enum": codes})}


def schema_of(value: Any) -> dict[str, Any]:
    """Return the schema of what a refusal tells, of which this is an example."""
    match value:
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer"}
        case float():
            return {"type": "number", "format": "double"}
        case [first, *_]:
            return {"type": "array", "items": schema_of(first)}
        case {}:
            properties = {name: schema_of(part) for name, part in value.items()}
            return {"type": "object", "properties": properties, "required": list(properties)}
    return dict(TEXT)


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


# What is said of no rule of the shop, in the words of Django REST framework.
NOT_AUTHENTICATED = kind_of(exceptions.NotAuthenticated)
PERMISSION_DENIED = kind_of(exceptions.PermissionDenied)
NOT_FOUND = kind_of(exceptions.NotFound)
MALFORMED = Kind(
    "Malformed",
    exceptions.ParseError("JSON parse error - Expecting value"),
    description="The request cannot be read.",
)
NOT_ACCEPTABLE = kind_of(exceptions.NotAcceptable)
CONFLICT = kind_of(Conflict)
TOO_LARGE = kind_of(RequestTooLarge)
UNSUPPORTED = Kind("UnsupportedMediaType", exceptions.UnsupportedMediaType("text/plain"))
TOO_MANY_REQUESTS = Kind("TooManyRequests", Waiting())
