"""Random requests to a shop, by schemathesis, which judges each answer by the OpenAPI document."""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

from ..services import SCHEMATHESIS

SECONDS = 3600
# What is asked of each answer. Not that whatever the document does not describe is refused: a shop takes "1" for 1.
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
    "ensure_resource_availability",
    "ignored_auth",
    "missing_required_header",
]
# Parts of addresses, and properties of bodies, by the row of the world fixture that they name.
ROWS = {
    **{name: name.removesuffix("_pk") for name in ("cart_pk", "order_pk", "product_pk")},
    **{"product_id": "product", "object_id": "product", "cart_id": "cart", "tag": "tag"},
    **{"collection": "collection", "user_id": "bare_user", "shipping_address_id": "address"},
}
# The row that an `id` names, by the list before it.
ROWS_OF_LISTS = {
    **{name: name.removesuffix("s") for name in ("products", "collections", "reviews", "images")},
    **{name: name.removesuffix("s") for name in ("carts", "items", "orders", "customers", "tags")},
    **{"users": "user", "sessions": "session", "likes": "like", "addresses": "address"},
}


class Findings(NamedTuple):
    cases: int
    # Of each kind of finding, how many.
    kinds: Counter[str]
    report: str


def fuzz(
    document: dict[str, Any],
    address: str,
    *,
    world: dict[str, Any],
    token: str,
    cases: int,
    seed: int,
    folder: Path,
) -> Findings:
    """Send at least so many requests with a token, or as nobody, and return what is wrong with the answers."""
    path, report = folder / "document.json", folder / "report.json"
    path.write_text(json.dumps(aimed(document, world)))
    operations = sum(len(methods) for methods in document["paths"].values())
    # Of operations that take nothing there are no two different cases: some more of the others.
    each = cases // operations + cases // 1000 or 1
    command = [
        *(str(SCHEMATHESIS), "run", str(path), "--url", address, "--seed", str(seed)),
        *("--max-examples", str(each), "--checks", ",".join(CHECKS)),
        *("--phases", "examples,fuzzing,stateful", "--continue-on-failure", "--no-shrink"),
        *("--generation-database", "none", "--suppress-health-check", "all"),
        *("--report", "json", "--report-json-path", str(report), "--no-color"),
        *(["--header", f"Authorization: Bearer {token}"] if token else []),
    ]
    run = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, cwd=folder)
    assert report.exists(), run.stdout + run.stderr
    return findings_in(json.loads(report.read_text()), run.stdout)


def findings_in(report: dict[str, Any], output: str) -> Findings:
    kinds = Counter({each["title"]: each["count"] for each in report["failures"]})
    kinds.update({each["title"]: each["count"] for each in report["errors"]})
    return Findings(report["test_cases"]["generated"], kinds, output)


def aimed(document: dict[str, Any], world: dict[str, Any]) -> dict[str, Any]:
    """Return the document with rows that are there for half of the ids that are chosen at random."""
    found = deepcopy(document)
    for path, methods in found["paths"].items():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path" and (row := row_of(path, parameter["name"])):
                    parameter["schema"] = either(parameter["schema"], world[row])
    for properties in all_properties(found["components"]["schemas"]):
        for name in properties.keys() & ROWS.keys():
            properties[name] = either(properties[name], world[ROWS[name]])
    return found


def row_of(path: str, name: str) -> str | None:
    return ROWS.get(name) or ROWS_OF_LISTS.get(path.split(f"/{{{name}}}")[0].rpartition("/")[2])


def either(schema: dict[str, Any], value: Any) -> dict[str, Any]:
    return {"anyOf": [{"enum": [value]}, schema]}


def all_properties(schemas: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, schema in schemas.items():
        if name.endswith("Request"):
            yield schema.get("properties", {})
