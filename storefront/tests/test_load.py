"""The load profiles run against a served shop, and no answer of it is wrong to them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from .serving import SECONDS, manage, production, serving

pytestmark = [pytest.mark.once, pytest.mark.locust]

FOLDER = Path(settings.BASE_DIR, "locustfiles")
BRIEF = ["--headless", "--json", "--users", "3", "--spawn-rate", "3", "--run-time", "4s"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a shop with the demonstration's products, which lets everybody register."""
    folder = tmp_path_factory.mktemp("shop")
    variables = {**production(folder), "THROTTLE_CREDENTIALS": "100000/min"}
    manage("migrate", "--verbosity", "0", **variables)
    manage("seed_db", **variables)
    with serving(folder / "gunicorn.log", **variables) as address:
        yield address


@pytest.mark.parametrize(
    ("profile", "asked"),
    [("browse_products", "/store/collections/"), ("shopper", "/auth/users/")],
)
def test_a_profile_meets_no_failure(address: str, profile: str, asked: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "locust", "--locustfile", FOLDER / f"{profile}.py"]
        + [*BRIEF, "--host", address],
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert result.returncode == 0, result.stderr
    figures = {entry["name"]: entry for entry in json.loads(result.stdout)}
    assert figures[asked]["num_requests"] > 0
    assert {name for name, entry in figures.items() if entry["num_failures"]} == set()
