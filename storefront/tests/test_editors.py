"""What editors are told fits the project: interpreter, programs, modules, lengths of lines."""

import json
import tomllib
from configparser import ConfigParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import get_commands

from storefront.development.__main__ import LOCAL_REDIS

pytestmark = pytest.mark.once

ROOT = Path(settings.BASE_DIR)
WORKSPACE = "${workspaceFolder}"


def read(name: str) -> Any:
    return json.loads((ROOT / ".vscode" / name).read_text())


LAUNCH = read("launch.json")


@pytest.mark.parametrize("launch", LAUNCH["configurations"], ids=lambda launch: launch["name"])
def test_what_is_debugged_is_there(launch: dict[str, Any]) -> None:
    assert (launch["type"], launch["request"]) == ("debugpy", "launch")
    if "program" in launch:
        assert Path(launch["program"].replace(WORKSPACE, str(ROOT))).is_file()
        assert launch["args"][0] in get_commands() or launch["args"] == "${input:command}"
    elif "module" in launch:
        assert find_spec(launch["module"])
        # Where `-A storefront` and pytest.ini are.
        assert launch["cwd"] == WORKSPACE
    else:
        assert launch["purpose"] == ["debug-test"]
    assert find_spec(launch.get("env", {}).get("DJANGO_SETTINGS_MODULE", "storefront.settings.dev"))


def test_a_compound_names_configurations() -> None:
    names = {launch["name"] for launch in LAUNCH["configurations"]}
    for compound in LAUNCH["compounds"]:
        assert names.issuperset(compound["configurations"])


def test_server_worker_and_beat_meet_at_one_redis_that_of_make_dev() -> None:
    redis = {
        launch["name"]: launch.get("env", {}).get("REDIS_URL")
        for launch in LAUNCH["configurations"]
    }
    assert [redis[name] for name in ("Server of a worker", "Worker", "Beat")] == [LOCAL_REDIS] * 3
    assert redis["Server"] is None


def test_a_breakpoint_stops_a_test() -> None:
    (launch,) = (each for each in LAUNCH["configurations"] if each.get("module") == "pytest")
    # In a process of pytest-xdist it would not.
    assert launch["args"][:2] == ["--numprocesses", "0"]


def test_the_interpreter_is_the_one_that_make_makes() -> None:
    interpreter = read("settings.json")["python.defaultInterpreterPath"]
    assert f"PY := {interpreter.removeprefix(f'{WORKSPACE}/')}\n" in (ROOT / "Makefile").read_text()


def test_lines_are_as_long_as_the_formatter_makes_them() -> None:
    editors = ConfigParser()
    editors.read_string(f"[top]\n{(ROOT / '.editorconfig').read_text()}")
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]
    assert editors["*.py"].getint("max_line_length") == ruff["line-length"]
    assert editors["Makefile"]["indent_style"] == "tab"
