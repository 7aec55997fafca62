"""docs/codes.md has every code of the API's refusals, as the OpenAPI document gives them."""

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from drf_spectacular.generators import SchemaGenerator

pytestmark = pytest.mark.once

DOCUMENT = Path(settings.BASE_DIR, "docs", "codes.md")
HEAD = "| code | status | meaning | more in the body | sent by |\n|---|---|---|---|---|\n"
# Operations that a row names; of more it says only how many they are.
NAMED = 4
TABLE = re.compile(r"\| code \|.*\n(\|.*\n)*")


class Refusal(NamedTuple):
    code: str
    status: str
    body: dict[str, Any]
    operation: str


def refusals() -> list[Refusal]:
    """Return each coded refusal of each operation of the document, with the example of its body."""
    schema: Any = SchemaGenerator().get_schema(request=None, public=True)

    def whole(part: Any) -> Any:
        """Return what a reference stands for."""
        if "$ref" not in part:
            return part
        _, components, kind, name = part["$ref"].split("/")
        return schema[components][kind][name]

    found = []
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            refused = {key: part for key, part in operation["responses"].items() if key >= "400"}
            for status, response in refused.items():
                content = whole(response).get("content", {}).get("application/json", {})
                for example in content.get("examples", {}).values():
                    body = whole(example)["value"]
                    if isinstance(body, dict) and body.get("code"):
                        found.append(
                            Refusal(body["code"], status, body, f"{method.upper()} {path}")
                        )
    return found


def table() -> str:
    rows: dict[tuple[str, str], list[Refusal]] = {}
    for refusal in refusals():
        rows.setdefault((refusal.code, refusal.status), []).append(refusal)
    return HEAD + "".join(row(*key, rows[key]) for key in sorted(rows))


def row(code: str, status: str, found: list[Refusal]) -> str:
    body = found[0].body
    words = body.get("detail") or body.get("error") or next(iter(body.values()))
    meaning = str(words[0] if isinstance(words, list) else words)
    more = ", ".join(f"`{name}`" for name in body if name not in ("detail", "error", "code"))
    operations = sorted({each.operation for each in found})
    named = ", ".join(f"`{each}`" for each in operations[:NAMED])
    by = named if len(operations) <= NAMED else f"{len(operations)} operations"
    return f"| `{code}` | {status} | {meaning.replace('|', '/')} | {more} | {by} |\n"


def test_the_page_has_every_code(pytestconfig: pytest.Config) -> None:
    document = DOCUMENT.read_text()
    written = TABLE.search(document)
    assert written, f"{DOCUMENT.name} has no table."
    if pytestconfig.getoption("--write-codes"):
        start, end = written.span()
        DOCUMENT.write_text(f"{document[:start]}{table()}{document[end:]}")
    else:
        assert table() == written[0], "Run `make codes`, and look at what it changes."


def test_a_code_means_one_thing() -> None:
    statuses: dict[str, set[str]] = {}
    for refusal in refusals():
        statuses.setdefault(refusal.code, set()).add(refusal.status)
    assert len(statuses) > 25
    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}
