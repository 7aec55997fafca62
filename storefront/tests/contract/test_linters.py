"""Linters of strangers find nothing in the document; contract/ has their configuration."""

import json
from pathlib import Path

import pytest

from ..services import CONTRACT
from .tools import run, write_document

pytestmark = [pytest.mark.once, pytest.mark.contract]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / write_document(tmp_path)


def redocly(path: Path) -> list[str]:
    found = json.loads(run(CONTRACT, "redocly", "lint", "--format=json", str(path)).stdout)
    return [each["ruleId"] for each in found["problems"]]


def spectral(path: Path) -> list[str]:
    found = run(CONTRACT, "spectral", "lint", "--format=json", "--quiet", str(path)).stdout
    return [each["code"] for each in json.loads(found)]


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
