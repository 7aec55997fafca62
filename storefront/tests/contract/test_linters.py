"""Linters of strangers find nothing in the document; contract/ has their configuration."""

import json
import subprocess
from pathlib import Path

import pytest

from storefront.schema.documents import document

from ..services import CONTRACT

pytestmark = [pytest.mark.once, pytest.mark.contract]

SECONDS = 300


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "document.json"
    path.write_bytes(document("json").content)
    return path


def run(*command: str) -> subprocess.CompletedProcess[str]:
    program, *arguments = command
    return subprocess.run(
        [CONTRACT / "node_modules" / ".bin" / program, *arguments],
        cwd=CONTRACT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


def redocly(path: Path) -> list[str]:
    found = json.loads(run("redocly", "lint", "--format=json", str(path)).stdout)
    return [each["ruleId"] for each in found["problems"]]


def spectral(path: Path) -> list[str]:
    result = run("spectral", "lint", "--format=json", "--quiet", str(path))
    return [each["code"] for each in json.loads(result.stdout)]


def test_they_find_nothing(path: Path) -> None:
    assert (redocly(path), spectral(path)) == ([], [])


def test_they_find_what_is_wrong(path: Path) -> None:
    broken = json.loads(path.read_bytes())
    paths = ("/store/products/", "/store/orders/")
    broken["paths"] = {path: broken["paths"][path] for path in paths}
    del broken["paths"]["/store/products/"]["get"]["summary"]
    del broken["paths"]["/store/products/"]["get"]["description"]
    broken["components"]["examples"]["CartChanged"]["value"]["total"] = "dear"
    path.write_text(json.dumps(broken))
    assert "operation-summary" in redocly(path)
    assert {"operation-description", "oas3-valid-media-example"} <= set(spectral(path))
