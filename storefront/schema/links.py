"""Links of OpenAPI: where to go with the id that a response brings."""

import re
from typing import Any

BODY_ID = "$response.body#/id"


def links_of(path: str, created: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """Return links from what was made at a path to the operations that take its id."""
    if not has_id(created, document):
        return {}
    return {
        operation["operationId"]: link
        for target, methods in document["paths"].items()
        for operation in methods.values()
        if (link := link_to(path, target, operation, document))
    }


def link_to(
    path: str, target: str, operation: dict[str, Any], document: dict[str, Any]
) -> dict[str, Any] | None:
    parents, names = names_in(path), names_in(target)
    if target.startswith(f"{path}{{") and len(names) == len(parents) + 1:
        kept = {name: f"$request.path.{name}" for name in parents}
        return {
            "operationId": operation["operationId"],
            "parameters": {**kept, names[-1]: BODY_ID},
        }
    key = f"{path.rstrip('/').rpartition('/')[2].removesuffix('s')}_id"
    if not names and required_of(operation, document) == [key]:
        return {"operationId": operation["operationId"], "requestBody": {key: BODY_ID}}
    return None


def names_in(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)


def has_id(created: dict[str, Any], document: dict[str, Any]) -> bool:
    schema = created.get("content", {}).get("application/json", {}).get("schema", {})
    return "id" in resolved(schema, document).get("properties", {})


def required_of(operation: dict[str, Any], document: dict[str, Any]) -> list[str]:
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    required: list[str] = resolved(schema, document).get("required", [])
    return required


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").removeprefix("#/components/schemas/")
    found: dict[str, Any] = document["components"]["schemas"].get(name, schema)
    return found
