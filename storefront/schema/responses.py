"""The responses with which operations refuse, and the components that the document holds once of each body."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any, NamedTuple

from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent

from ..errors.problems import PROBLEM_JSON, problem
from .refusals import NO_CODE, TEXT, Kind, as_sent, schema_of_all, snake
from .validation import example_of

JSON = "application/json"
RETRY_AFTER = {
    "description": "Seconds to wait.",
    "required": True,
    "schema": {"type": "integer", "minimum": 0},
}
INVALID = "The fields of the request have errors."
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "Problem details (RFC 9457), for who accepts them.",
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "code": NO_CODE,
    },
    "required": ["type", "title", "status", "detail"],
}
# Refusals that come together at many operations.
SETS = {
    ("NotAuthenticated", "InvalidToken", "TokenRefused", "SessionEnded"): "Unauthorized",
    ("InvalidToken", "TokenRefused", "SessionEnded"): "BadToken",
    ("PermissionDenied", "SecondFactorNeeded"): "Forbidden",
    ("Conflict", "SequenceBehind"): "CreationConflict",
}
# Any others are called by all their names, up to so many.
MOST_NAMES = 3
# No `Error`, which would hide that of JavaScript in a generated client.
PLAIN = "Refusal"
UNCODED = "A refusal without a `code`."


class Body(NamedTuple):
    """One of the bodies of a response: what it is called, its schema, the codes it tells, and an example."""

    name: str
    schema: dict[str, Any]
    codes: list[str]
    sample: dict[str, Any]
    key: str
    description: str


def bodies_of(kind: Kind) -> tuple[Body, Body]:
    """Return how a refusal looks in JSON, and as problem details."""
    sent = kind.bodies
    problems = [as_sent(problem(kind.status, body)) for body in sent]
    codes, words = kind.codes, kind.description
    schemas = (
        [{**schema_of_all(each), "description": words} for each in (sent, problems)]
        if codes
        else [{**schema_of_all(sent), "description": UNCODED}, PROBLEM]
    )
    names = (kind.name, f"{kind.name}Problem") if codes else (PLAIN, "Problem")
    key = codes[0] if len(codes) == 1 else snake(kind.name)
    plain, detailed = (
        Body(name, schema, codes, sample, key, words)
        for name, schema, sample in zip(names, schemas, (sent[0], problems[0]), strict=True)
    )
    return plain, detailed


def bodies_of_errors(name: str, schema: dict[str, Any]) -> tuple[Body, Body]:
    """Return how the errors of fields look in JSON, and as problem details."""
    sample = example_of(schema)
    detailed = deepcopy(PROBLEM)
    detailed["properties"]["errors"] = {"$ref": f"#/components/schemas/{name}"}
    detailed["required"].append("errors")
    return (
        Body(name, schema, [], sample, "invalid", INVALID),
        Body(f"{name}Problem", detailed, [], as_sent(problem(400, sample)), "invalid", INVALID),
    )


class Components:
    """Puts what responses consist of into the document, and returns references to it."""

    def __init__(self, registry: ComponentRegistry) -> None:
        self.registry = registry

    def response(
        self, kinds: Iterable[Kind], errors: tuple[str, dict[str, Any]] | None = None
    ) -> dict[str, Any]:
        """Return the response that refuses in each of these ways; `errors` are the name and schema of those of fields."""
        kinds = list(kinds)
        bodies = [bodies_of_errors(*errors)] if errors else []
        bodies += [bodies_of(kind) for kind in kinds]
        lines = [line_of(plain) for plain, _ in bodies]
        response: dict[str, Any] = {
            "description": "\n".join(f"- {line}" for line in lines) if lines[1:] else lines[0],
            "content": {
                JSON: self.content([plain for plain, _ in bodies]),
                PROBLEM_JSON: self.content([detailed for _, detailed in bodies]),
            },
        }
        if any(kind.is_waited_for for kind in kinds):
            is_always = all(kind.is_waited_for for kind in kinds)
            response["headers"] = {"Retry-After": {**RETRY_AFTER, "required": is_always}}
        return response

    def shared(self, name: str, kinds: Iterable[Kind]) -> dict[str, str]:
        """Return a reference to a response that many operations have."""
        component = ResolvedComponent(name, ResolvedComponent.RESPONSE, object=name)
        if component not in self.registry:
            component.schema = self.response(kinds)
            self.registry.register_on_missing(component)
        return component.ref

    def content(self, bodies: list[Body]) -> dict[str, Any]:
        references = [
            self.register(ResolvedComponent.SCHEMA, body.name, body.schema) for body in bodies
        ]
        examples = {
            body.key: self.register(
                ResolvedComponent.EXAMPLE,
                example_name(body),
                {"summary": first_sentence(body.description), "value": body.sample},
            )
            for body in bodies
        }
        return {"schema": union(bodies, references), "examples": examples}

    def register(self, kind: str, name: str, content: dict[str, Any]) -> dict[str, str]:
        # A copy: the hooks that name the enumerations replace them in place.
        component = ResolvedComponent(name, kind, deepcopy(content), object=name)
        self.registry.register_on_missing(component)
        return component.ref


def shared_name(kinds: Sequence[Kind]) -> str | None:
    """Return what a response is called that many operations have; None of one that is an operation's own."""
    names = tuple(kind.name for kind in kinds)
    return SETS.get(names) or ("Or".join(names) if len(names) <= MOST_NAMES else None)


def union(bodies: list[Body], references: list[dict[str, str]]) -> dict[str, Any]:
    """Return the schema of any of these bodies, told apart by their `code` where each has one."""
    different = [each for number, each in enumerate(references) if each not in references[:number]]
    if len(different) == 1:
        return different[0]
    if not all(body.codes for body in bodies):
        return {"anyOf": different}
    mapping = {
        code: reference["$ref"]
        for body, reference in zip(bodies, references, strict=True)
        for code in body.codes
    }
    return {"oneOf": different, "discriminator": {"propertyName": "code", "mapping": mapping}}


def example_name(body: Body) -> str:
    """Return a name of its own for the example of a body; bodies without a code share their schema."""
    is_shared = body.name in (PLAIN, "Problem")
    return f"{body.key}.{body.name}" if is_shared else body.name


def line_of(body: Body) -> str:
    codes = ", ".join(f"`{code}`" for code in body.codes)
    return f"{codes}: {body.description}" if codes else body.description


def first_sentence(text: str) -> str:
    return text.split(". ")[0].rstrip(".") + "."
