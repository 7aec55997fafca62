"""The load profiles run against a served shop, and no response of it is wrong to them."""

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from benchmarks.stress import verdict

from .serving import SECONDS, Visitor, manage, production, serving

pytestmark = [pytest.mark.once, pytest.mark.locust, pytest.mark.django_db]

FOLDER = Path(settings.BASE_DIR, "locustfiles")
BRIEF = ["--headless", "--json", "--users", "10", "--spawn-rate", "10", "--run-time", "3s"]
# Whoever has come in is let finish, and signs out.
BRIEF += ["--stop-timeout", "30"]
EQUALLY = ["--config-users", '[{"user_class_name": "Shopper", "weight": 19}]']
CLIMB = ["--headless", "--first", "2", "--growth", "2", "--step", "2"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, migrated_database: Path) -> Iterator[str]:
    """The address of a shop with some of the demonstration's products, which lets everybody register."""
    folder = tmp_path_factory.mktemp("shop")
    shutil.copy(migrated_database, folder / "shop.sqlite3")
    variables = {**production(folder), "THROTTLE_CREDENTIALS": "100000/min", "WEB_THREADS": "16"}
    manage("seed_db", "--products", "200", **variables)
    with serving(folder / "gunicorn.log", **variables) as address:
        # The first request waits until the processes have started.
        Visitor(address).ask("/store/products/")
        yield address


def locust(profiles: list[str], *options: str) -> subprocess.CompletedProcess[str]:
    files = ",".join(str(FOLDER / f"{profile}.py") for profile in profiles)
    return subprocess.run(
        [sys.executable, "-m", "locust", "--locustfile", files, *options],
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


def climbed(folder: Path, *options: str) -> Any:
    """Return what each step met with."""
    file = folder / "steps.json"
    result = locust(["climb"], *CLIMB, *options, "--steps-file", str(file))
    assert result.returncode in (0, 1), result.stderr
    return json.loads(file.read_text())


def test_no_profile_meets_a_failure(address: str) -> None:
    result = locust(["browse_products", "shopper"], *BRIEF, *EQUALLY, "--host", address)
    assert result.returncode == 0, result.stderr
    figures = {entry["name"]: entry for entry in json.loads(result.stdout)}
    for asked in ["/store/collections/", "/auth/users/", "/auth/jwt/blacklist/"]:
        assert figures[asked]["num_requests"] > 0
    assert {name for name, entry in figures.items() if entry["num_failures"]} == set()


def test_visitors_become_more_as_long_as_the_shop_bears_them(address: str, tmp_path: Path) -> None:
    steps = climbed(tmp_path, "--host", address, "--steps", "2")
    assert [(step["visitors"], step["failures"]) for step in steps] == [(2, {}), (4, {})]
    assert all(step["requests"] > 0 and step["p95"] >= step["median"] > 0 for step in steps)


def test_the_first_step_that_fails_is_the_last(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (step,) = climbed(tmp_path, "--host", f"http://127.0.0.1:{port}")
    assert step["failures"] == {"no response: [Errno 111] Connection refused": step["requests"]}


def test_the_verdict_names_where_it_became_slow_and_where_it_failed() -> None:
    steps = [
        {"visitors": 50, "requests": 900, "p95": 20, "failures": {}},
        {"visitors": 65, "requests": 900, "p95": 1001, "failures": {"404 instead of 200": 9}},
        {"visitors": 85, "requests": 900, "p95": 9000, "failures": {"503 instead of 200": 10}},
    ]
    slow = "Slow (95 % above 1,000 ms) from 65 visitors."
    assert verdict(steps) == f"{slow} It fails at 85, after 65 that it served."
    assert verdict(steps[:2]) == f"{slow} It did not fail with 65."
