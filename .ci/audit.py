"""Look every locked package up among the known vulnerabilities.

Exit code 0: none has one. 1: some have. 2: NOT AUDITED, because no service answers for all of them.
pip-audit itself ends with 0 where its service knows no package: an old one with a known vulnerability is asked for first.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

CLEAN, VULNERABLE, NOT_AUDITED = range(3)
SERVICES = ("pypi", "osv")
# CVE-2019-12308 and others: a service that finds none of them is not there.
KNOWN = "django==2.2.0"
LOCKS = [Path("Pipfile.lock"), Path("benchmarks", "Pipfile.lock")]


class Findings(NamedTuple):
    vulnerable: list[str]
    unknown: list[str]


def locked(lock: dict[str, Any]) -> set[str]:
    categories = [packages for name, packages in lock.items() if name != "_meta"]
    return {
        f"{name}{package['version']}"
        for packages in categories
        for name, package in packages.items()
        if "version" in package
    }


def findings(report: str) -> Findings | None:
    """Read a report of pip-audit; None where it made none."""
    try:
        packages = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return None
    return Findings(
        [
            f"{package['name']} {package['version']}: {known['id']}"
            f", mended in {', '.join(known['fix_versions']) or 'no release'}"
            for package in packages
            for known in package.get("vulns", [])
        ],
        [package["name"] for package in packages if "skip_reason" in package],
    )


def audit(packages: Iterable[str], service: str) -> Findings | None:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(sorted(packages)))
        file.flush()
        options = ["--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
        command = [sys.executable, "-m", "pip_audit", "-r", file.name, "-s", service, *options]
        return findings(subprocess.run(command, capture_output=True, text=True).stdout)


def answers(service: str) -> bool:
    found = audit([KNOWN], service)
    return found is not None and bool(found.vulnerable)


def verdict() -> tuple[int, str]:
    packages = set().union(*(locked(json.loads(path.read_text())) for path in LOCKS))
    service = next(filter(answers, SERVICES), None)
    found = audit(packages, service) if service else None
    if found is None:
        services = ", ".join(SERVICES)
        return NOT_AUDITED, f"NOT AUDITED: none of {services} knows the weaknesses of {KNOWN}."
    if found.vulnerable:
        return VULNERABLE, "\n".join(found.vulnerable)
    if found.unknown:
        return NOT_AUDITED, f"NOT AUDITED: {service} does not know {', '.join(found.unknown)}."
    return CLEAN, f"{len(packages)} packages, none with a vulnerability known to {service}."


if __name__ == "__main__":
    code, message = verdict()
    sys.stdout.write(f"{message}\n")
    sys.exit(code)
