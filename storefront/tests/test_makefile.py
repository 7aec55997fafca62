"""What make says to somebody who has just cloned the shop."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from .services import DATABASES, NEEDS

pytestmark = pytest.mark.once

MAKEFILE = Path(settings.BASE_DIR, "Makefile")
# Answers as a Python that is too old does.
OLD_PYTHON = """#!/bin/sh
exec python3 -c "import sys; sys.version_info = (3, 10, 12); $2"
"""


def described() -> dict[str, str]:
    return dict(re.findall(r"^(\S+):.*?## (.+)$", MAKEFILE.read_text(), re.MULTILINE))


def make(*arguments: str, folder: Path = MAKEFILE.parent) -> subprocess.CompletedProcess[str]:
    # Without what a make that runs the tests says to those that it starts.
    variables = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_help_names_every_command() -> None:
    lines = [line.split(maxsplit=1) for line in make("help").stdout.splitlines()]
    assert lines == [list(each) for each in described().items()]
    assert {"help", "run", "test"} <= described().keys()


def test_the_page_for_developers_names_commands_that_are_there() -> None:
    page = MAKEFILE.with_name("docs").joinpath("development.md").read_text()
    made = set(re.findall(r"`(?:[A-Z_]+=\S+ )?make ([a-z-]+)", page))
    assert {"run", "dev", "test", "up-dev"} <= made <= described().keys()
    managed = set(re.findall(r"`(?:\S+ )?manage\.py ([a-z_]+)", page))
    assert {"show_cache", "flush_cache", "purge_carts"} <= managed <= get_commands().keys()


def test_all_of_what_test_skips_is_run_by_test_all() -> None:
    [expression] = re.findall(r"^SERVICES := (.+)$", MAKEFILE.read_text(), re.MULTILINE)
    assert {*expression.split(" or ")} == NEEDS.keys() - DATABASES


@pytest.mark.parametrize("command", ["run", "test"])
def test_an_old_python_is_refused_before_anything_is_made(tmp_path: Path, command: str) -> None:
    for name in ("Makefile", "Pipfile.lock"):
        shutil.copy(MAKEFILE.with_name(name), tmp_path)
    python = tmp_path / "python3.10"
    python.write_text(OLD_PYTHON)
    python.chmod(0o755)
    result = make(command, f"PYTHON={python}", folder=tmp_path)
    assert result.returncode == 2
    assert f"3.11 or newer; name one: make {command} PYTHON=python3.11" in result.stderr
    assert not (tmp_path / ".venv").exists()
