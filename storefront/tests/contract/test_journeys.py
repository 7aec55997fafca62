"""A strict TypeScript program of a customer's and a clerk's day, on clients that are generated from the document."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from model_bakery import baker

from core.tests.passwords import PASSWORD

from ..services import CONTRACT
from .tools import INSTALLED, output, run, write_document

pytestmark = [pytest.mark.once, pytest.mark.contract]

SOURCES = ["journeys", "package.json", "tsconfig.json", "openapi-ts.config.mjs"]
MISTAKE = """
import type { CartChanged, OutOfStock } from "../generated/hey-api/types.gen";
export const total = (refusal: CartChanged | OutOfStock): number => refusal.total;
"""


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the clients of both generators, and the programs that use them."""
    folder = tmp_path_factory.mktemp("clients")
    for name in SOURCES:
        copy = shutil.copytree if (CONTRACT / name).is_dir() else shutil.copy
        copy(CONTRACT / name, folder / name)
    (folder / "node_modules").symlink_to(INSTALLED)
    name = write_document(folder)
    output(folder, "openapi-typescript", name, "-o", "generated/openapi-typescript.d.ts")
    output(folder, "openapi-ts")
    return folder


def test_a_mistake_does_not_compile(clients: Path) -> None:
    mistake = clients / "journeys" / "mistake.ts"
    mistake.write_text(MISTAKE)
    found = run(clients, "tsc", "--noEmit").stdout
    mistake.unlink()
    assert "journeys/mistake.ts" in found
    assert "Property 'total' does not exist" in found


def test_the_journeys_compile_and_arrive(
    clients: Path, live_server: Any, register: Callable[..., Any]
) -> None:
    register("clerk", is_staff=True, is_superuser=True)
    baker.make("store.Product", title="Lamp", unit_price=10, inventory=100)
    output(clients, "tsc")
    variables = {"API": live_server.url, "STAFF_NAME": "clerk", "STAFF_PASSWORD": PASSWORD}
    for journey in ("openapi-fetch", "hey-api"):
        output(clients, "node", f"compiled/journeys/{journey}.js", **variables)
