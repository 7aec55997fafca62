"""What the check of the locked packages makes of the reports of pip-audit."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

pytestmark = pytest.mark.once

ROOT = Path(settings.BASE_DIR)
WEAK = {"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}
SOUND = {"name": "b", "version": "1", "vulns": []}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found"}
CLEAN, VULNERABLE, NOT_AUDITED = range(3)


@pytest.fixture
def audit(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(ROOT)
    return runpy.run_path(str(ROOT / ".ci" / "audit.py"))


def report(*packages: dict[str, Any]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


@pytest.mark.parametrize(
    ("known", "locked", "code", "word"),
    [
        (report(WEAK), report(SOUND), CLEAN, "none with a vulnerability"),
        (report(WEAK), report(SOUND, WEAK, SKIPPED), VULNERABLE, "a 1: CVE-1, mended in 2"),
        (report(WEAK), report(SOUND, SKIPPED), NOT_AUDITED, "does not know c"),
        (report(WEAK), "", NOT_AUDITED, "NOT AUDITED"),
        # No network; and an index without the service, of which pip-audit says that all is well.
        ("", report(SOUND), NOT_AUDITED, "NOT AUDITED"),
        (report(SKIPPED), report(SOUND), NOT_AUDITED, "NOT AUDITED"),
        (report(SOUND), report(SOUND), NOT_AUDITED, "NOT AUDITED"),
        ("[]", report(SOUND), NOT_AUDITED, "NOT AUDITED"),
    ],
)
def test_is_clean_only_where_all_was_looked_up(
    audit: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    known: str,
    locked: str,
    code: int,
    word: str,
) -> None:
    def answer(packages: list[str], service: str) -> Any:
        return audit["findings"](known if packages == [audit["KNOWN"]] else locked)

    monkeypatch.setitem(audit["verdict"].__globals__, "audit", answer)
    found, message = audit["verdict"]()
    assert (found, word in message) == (code, True)


def test_every_locked_package_is_looked_up(audit: dict[str, Any]) -> None:
    lock = json.loads((ROOT / "Pipfile.lock").read_text())
    packages = audit["locked"](lock)
    assert {f"django{lock['default']['django']['version']}"} <= packages
    assert all("==" in package for package in packages)
    names = {name for category, found in lock.items() if category != "_meta" for name in found}
    assert {package.partition("==")[0] for package in packages} == names
