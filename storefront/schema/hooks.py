"""What is said of the whole document once every view has said its part."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from django.conf import settings

from .examples import Examples
from .links import links_of

SUCCESSES = ("200", "201")
# The largest whole number that a front-end reads exactly; databases have larger ones.
MAX_SAFE = 2**53 - 1


def operations_of(result: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield each path and method with its operation."""
    for path, methods in result["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def objects_in(part: Any) -> Iterator[dict[str, Any]]:
    """Yield every object within a part of the document, the part itself first."""
    if isinstance(part, dict):
        yield part
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from objects_in(each)


def name_servers(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Say where the API is: where the document is, and where the settings say that the shop is."""
    here = {"url": "/", "description": "Where this document comes from."}
    shop = {"url": settings.SHOP_URL, "description": "The shop."}
    # A copy: the hooks after it change what views have written down as it is.
    return {**deepcopy(result), "servers": [here, *([shop] if settings.SHOP_URL else [])]}


def convert_nullable(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Say once, as OpenAPI 3.1 does, what may be null: DRF's paginator says it as 3.0 did."""
    for part in objects_in(result["components"]["schemas"]):
        if part.get("nullable") is True:
            part["type"] = [part["type"], "null"]
            del part["nullable"]
        if isinstance(part.get("type"), list):
            # Of a field that is described by hand it is said twice.
            part["type"] = list(dict.fromkeys(part["type"]))
    return result


def enumerate_codes(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """List the codes of refusals where they are told."""
    for schema in objects_in(result["components"]["schemas"]):
        if codes := schema.pop("x-enum", None):
            schema["enum"] = codes
    return result


def drop_unused(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Leave out the schemas that nothing refers to, such as those of a serializer in another's request."""
    schemas = result["components"]["schemas"]
    while unused := schemas.keys() - references_in(result):
        for name in unused:
            del schemas[name]
    return result


def references_in(result: dict[str, Any]) -> set[str]:
    return {str(each["$ref"]).rpartition("/")[2] for each in objects_in(result) if "$ref" in each}


def require_what_is_sent(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Require of each body that is sent what its serializer does not mark `x-left-out`."""
    sent = sent_schemas(result)
    for schema in objects_in([result["components"]["schemas"], result["paths"]]):
        parts = schema.get("properties")
        if not isinstance(parts, dict) or schema.get("type") != "object":
            continue
        left_out = {name for name, part in parts.items() if part.pop("x-left-out", False)}
        is_sent = id(schema) in sent
        names = parts if is_sent else schema.get("required", [])
        for part in [] if is_sent else parts.values():
            # Of what may be left out openapi-typescript would take it for a word that it may not.
            part.pop("default", None)
        if required := sorted(set(names) - left_out):
            schema["required"] = required
        else:
            schema.pop("required", None)
    return result


def sent_schemas(result: dict[str, Any]) -> set[int]:
    """Return the identities of the schemas of successes, in components and within them."""
    schemas, found = result["components"]["schemas"], set()
    waiting = [
        operation["responses"].get(status, {})
        for _, _, operation in operations_of(result)
        for status in SUCCESSES
    ]
    while waiting:
        for each in objects_in(waiting.pop()):
            name = str(each.get("$ref", "")).removeprefix("#/components/schemas/")
            if id(each) not in found and name in schemas and id(schemas[name]) not in found:
                waiting.append(schemas[name])
            found.add(id(each))
    return found


def bound_numbers(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Leave out bounds of columns that no front-end can reach, and say that ids begin at one."""
    for each in objects_in([result["components"]["schemas"], result["paths"]]):
        for bound in ("minimum", "maximum"):
            limit = each.get(bound)
            if isinstance(limit, int | float) and abs(limit) > MAX_SAFE:
                del each[bound]
    for _, _, operation in operations_of(result):
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path" and parameter["schema"].get("type") == "integer":
                parameter["schema"]["minimum"] = 1
    return result


def add_examples(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Give each body of a request and of a success an example."""
    examples = Examples(result["components"])
    for _, _, operation in operations_of(result):
        name = "".join(word.title() for word in operation["operationId"].split("_"))
        if "requestBody" in operation:
            examples.add(operation["requestBody"]["content"], f"{name}Request")
        for status in SUCCESSES:
            examples.add(operation["responses"].get(status, {}).get("content", {}), name)
    return result


def add_links(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Link what makes a row to the operations on this row."""
    for path, method, operation in operations_of(result):
        created = operation["responses"].get("201") if method == "post" else None
        if created and (links := links_of(path, created, result)):
            created["links"] = links
    return result
