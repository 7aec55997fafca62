"""A strict TypeScript program of a customer's and a clerk's day, on clients that are generated from the document."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from model_bakery import baker

from core.tests.passwords import PASSWORD
from storefront.schema.documents import document

from ..services import CONTRACT

pytestmark = [pytest.mark.once, pytest.mark.contract]

SECONDS = 300
SOURCES = ["journeys", "package.json", "tsconfig.json", "openapi-ts.config.mjs"]
TYPES = ("openapi-typescript", "document.json", "-o", "generated/openapi-typescript.d.ts")
MISTAKE = """
import type { CartChanged, OutOfStock } from "../generated/hey-api/types.gen";
export const total = (refusal: CartChanged | OutOfStock): number => refusal.total;
"""


def run(folder: Path, program: str, *arguments: str, **variables: str) -> str:
    """Run a command where the clients are, and return what it prints where it fails."""
    installed = folder / "node_modules" / ".bin" / program
    result = subprocess.run(
        [installed if installed.exists() else program, *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    return result.stdout + result.stderr if result.returncode else ""


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the clients of both generators, and the programs that use them."""
    folder = tmp_path_factory.mktemp("clients")
    for name in SOURCES:
        copy = shutil.copytree if (CONTRACT / name).is_dir() else shutil.copy
        copy(CONTRACT / name, folder / name)
    (folder / "node_modules").symlink_to(CONTRACT / "node_modules")
    (folder / "document.json").write_bytes(document("json").content)
    assert run(folder, *TYPES) == ""
    assert run(folder, "openapi-ts") == ""
    return folder


def test_a_mistake_does_not_compile(clients: Path) -> None:
    mistake = clients / "journeys" / "mistake.ts"
    mistake.write_text(MISTAKE)
    found = run(clients, "tsc", "--noEmit")
    mistake.unlink()
    assert "journeys/mistake.ts" in found
    assert "Property 'total' does not exist" in found


def test_the_journeys_compile_and_arrive(
    clients: Path, live_server: Any, register: Callable[..., Any]
) -> None:
    register("clerk", is_staff=True, is_superuser=True)
    baker.make("store.Product", title="Lamp", unit_price=10, inventory=100)
    assert run(clients, "tsc") == ""
    variables = {"API": live_server.url, "STAFF_NAME": "clerk", "STAFF_PASSWORD": PASSWORD}
    for journey in ("openapi-fetch", "hey-api"):
        assert run(clients, "node", f"compiled/journeys/{journey}.js", **variables) == ""
