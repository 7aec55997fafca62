"""What of one OpenAPI document breaks clients that were written for another, earlier one.

No tool that is kept up does this for OpenAPI 3.1 without a binary of Go.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

Schema = dict[str, Any]
# Bounds of what is sent that may only become wider: the sign with which a larger number is narrower.
BOUNDS = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems"), 1),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems"), -1),
}
UNIONS = ("oneOf", "anyOf", "allOf")


class Difference(NamedTuple):
    """A difference within a schema: what of it, and what is said of that."""

    part: str
    words: str

    def within(self, part: str) -> "Difference":
        return Difference(f"{part}{self.part}", self.words)


class Document:
    """A document whose references are followed."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        # Each schema is simplified once.
        self.plain_schemas: dict[int, Schema] = {}

    def resolved(self, part: Schema) -> Schema:
        while "$ref" in part:
            *_, kind, name = part["$ref"].split("/")
            part = self.content["components"][kind][name]
        return part

    def plain(self, schema: Schema) -> Schema:
        """Return a schema in place of what is written around its only alternative, with `null` among its types."""
        found = self.resolved(schema)
        if id(found) not in self.plain_schemas:
            self.plain_schemas[id(found)] = self.simplified(found)
        return self.plain_schemas[id(found)]

    def simplified(self, schema: Schema) -> Schema:
        options = self.options(schema)
        real = [each for each in options if each.get("type") != "null"]
        if len(real) != 1:
            return schema
        nullable = ["null"] if len(real) < len(options) else []
        inner = self.plain(real[0])
        return {**inner, "type": [*types_of(inner), *nullable]}

    def options(self, schema: Schema) -> list[Schema]:
        return [self.resolved(each) for union in UNIONS for each in schema.get(union, [])]

    def by_code(self, schema: Schema) -> dict[str, Schema]:
        """Return the bodies that a `code` tells apart."""
        found = {}
        for each in self.options(schema) or [schema]:
            code = each.get("properties", {}).get("code", {})
            for name in [code["const"]] if "const" in code else code.get("enum", []):
                found[str(name)] = each
        return found


def types_of(schema: Schema) -> list[str]:
    kinds = schema.get("type", [])
    return kinds if isinstance(kinds, list) else [kinds]


def breaking(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return each difference that breaks a client, as a sentence."""
    comparison = Comparison(old, new)
    return [
        f"{method.upper()} {path}: {each.part} {each.words}".replace(":  ", ": ")
        for path, methods in old["paths"].items()
        for method, operation in methods.items()
        for each in comparison.operations(operation, new["paths"].get(path, {}).get(method))
    ]


class Comparison:
    def __init__(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        self.old, self.new = Document(old), Document(new)
        # By the pair of schemas and the direction; of one that contains itself nothing is known yet.
        self.known: dict[tuple[int, int, bool], list[Difference]] = {}

    def operations(self, old: Schema, new: Schema | None) -> Iterator[Difference]:
        if new is None:
            yield Difference("", "is gone")
            return
        yield from self.parameters(old, new)
        before, after = old.get("requestBody", {}), new.get("requestBody", {})
        if after.get("required") and not before.get("required"):
            yield Difference("", "a body is required")
        yield from self.bodies(before, after, "the request", is_sent=False)
        for status, response in old["responses"].items():
            if status in new["responses"]:
                yield from self.bodies(response, new["responses"][status], status, is_sent=True)
            elif status.startswith("2"):
                yield Difference("", f"no longer answers {status}")

    def parameters(self, old: Schema, new: Schema) -> Iterator[Difference]:
        before, after = parameters_of(old), parameters_of(new)
        for name in before.keys() - after.keys():
            yield Difference("", f"the parameter {name} is gone")
        for name, parameter in after.items():
            if parameter.get("required") and not before.get(name, {}).get("required"):
                yield Difference("", f"the parameter {name} is required")
            if name in before:
                found = self.schemas(before[name]["schema"], parameter["schema"], is_sent=False)
                yield from (each.within(name) for each in found)

    def bodies(
        self, old: Schema, new: Schema, where: str, *, is_sent: bool
    ) -> Iterator[Difference]:
        after = self.new.resolved(new).get("content", {})
        for media_type, body in self.old.resolved(old).get("content", {}).items():
            if media_type not in after:
                yield Difference(where, f"is no longer {media_type}")
                continue
            found = self.schemas(body["schema"], after[media_type]["schema"], is_sent=is_sent)
            yield from (each.within(where) for each in found)

    def schemas(self, old: Schema, new: Schema, *, is_sent: bool) -> list[Difference]:
        """Compare what is sent to clients (`is_sent`), which may tell more, or taken of them, which may ask less."""
        old, new = self.old.plain(old), self.new.plain(new)
        key = id(old), id(new), is_sent
        if key not in self.known:
            self.known[key] = []
            self.known[key] = list(self.differences(old, new, is_sent=is_sent))
        return self.known[key]

    def differences(self, old: Schema, new: Schema, *, is_sent: bool) -> Iterator[Difference]:
        yield from of_types(old, new, is_sent=is_sent)
        if not is_sent:
            yield from of_bounds(old, new)
        before, after = self.old.by_code(old), self.new.by_code(new)
        for code in before:
            if code not in after:
                yield Difference("", f"no longer tells {code}")
            elif len(before) > 1:
                found = self.schemas(before[code], after[code], is_sent=is_sent)
                yield from (each.within(f" {code}") for each in found)
        yield from self.properties(old, new, is_sent=is_sent)
        if "items" in old and "items" in new:
            items = self.schemas(old["items"], new["items"], is_sent=is_sent)
            yield from (each.within("[]") for each in items)

    def properties(self, old: Schema, new: Schema, *, is_sent: bool) -> Iterator[Difference]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name, schema in before.items():
            if name in after:
                found = self.schemas(schema, after[name], is_sent=is_sent)
                yield from (each.within(f".{name}") for each in found)
            elif after or not is_sent:
                yield Difference("", f"has no {name} any more")
        needed, still = set(old.get("required", [])), set(new.get("required", []))
        for name in sorted((needed - still if is_sent else still - needed) & after.keys()):
            words = "is no longer always sent" if is_sent else "is required"
            yield Difference(f".{name}", words)


def parameters_of(operation: Schema) -> dict[str, Schema]:
    # Those of the path are told apart by where they stand, as is the path itself.
    parameters = operation.get("parameters", [])
    return {each["name"]: each for each in parameters if each["in"] != "path"}


def of_types(old: Schema, new: Schema, *, is_sent: bool) -> Iterator[Difference]:
    before, after = set(types_of(old)), set(types_of(new))
    wider, narrower = (before, after) if is_sent else (after, before)
    # A whole number is a number.
    extra = {kind for kind in narrower - wider if not (kind == "integer" and "number" in wider)}
    if wider and extra:
        yield Difference("", f"was {shown(before)} and is {shown(after)}")


def shown(kinds: set[str]) -> str:
    return " or ".join(sorted(kinds)) or "anything"


def of_bounds(old: Schema, new: Schema) -> Iterator[Difference]:
    allowed, still = old.get("enum"), new.get("enum")
    if still is not None and (allowed is None or set(allowed) - set(still)):
        yield Difference("", f"takes fewer values: {sorted(still, key=str)}")
    for bound, sign in BOUNDS.items():
        if bound in new and (bound not in old or sign * new[bound] > sign * old[bound]):
            yield Difference("", f"has a narrower {bound}: {new[bound]}")
