"""The load profiles run against a served shop, and no answer of it is wrong to them."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from .serving import SECONDS, manage, production, serving

pytestmark = [pytest.mark.once, pytest.mark.locust, pytest.mark.django_db]

FOLDER = Path(settings.BASE_DIR, "locustfiles")
BRIEF = ["--headless", "--json", "--users", "10", "--spawn-rate", "10", "--run-time", "3s"]
EQUALLY = ["--config-users", '[{"user_class_name": "Shopper", "weight": 19}]']


@pytest.fixture
def address(tmp_path: Path, migrated_database: Path) -> Iterator[str]:
    """The address of a shop with some of the demonstration's products, which lets everybody register."""
    shutil.copy(migrated_database, tmp_path / "shop.sqlite3")
    variables = {**production(tmp_path), "THROTTLE_CREDENTIALS": "100000/min"}
    manage("seed_db", "--products", "200", **variables)
    with serving(tmp_path / "gunicorn.log", **variables) as address:
        yield address


def test_no_profile_meets_a_failure(address: str) -> None:
    profiles = [FOLDER / "browse_products.py", FOLDER / "shopper.py"]
    result = subprocess.run(
        [sys.executable, "-m", "locust", "--locustfile", ",".join(map(str, profiles))]
        + [*BRIEF, *EQUALLY, "--host", address],
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert result.returncode == 0, result.stderr
    figures = {entry["name"]: entry for entry in json.loads(result.stdout)}
    for asked in ["/store/collections/", "/auth/users/"]:
        assert figures[asked]["num_requests"] > 0
    assert {name for name, entry in figures.items() if entry["num_failures"]} == set()
