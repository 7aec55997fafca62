"""docs/api.md, run: what it shows in a terminal, in Python and in TypeScript arrives at a shop."""

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core import mail
from model_bakery import baker

from core.models import User
from likes.models import LikedItem
from store.models import Order, Review

from ..services import CONTRACT
from .tools import INSTALLED, output, write_document

pytestmark = pytest.mark.once

PAGE = Path(project.BASE_DIR, "docs", "api.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"http\S+/(?:activate|password/reset/confirm)/\S+")
FIRST, JOURNEY, LINKS = "Before the first step", "The journey", "The links of mails"
FRONT_END = "http://localhost:5173"
NEW_PASSWORD = "an0ther-l0ng-Passphrase"


def program(language: str, *titles: str) -> str:
    """Return what these sections of the page show in a language, in one piece."""
    sections = dict(part.split("\n", 1) for part in PAGE.split("\n## ")[1:])
    found = [BLOCK.findall(sections[title]) for title in titles]
    return "\n".join(code for blocks in found for name, code in blocks if name == language)


def in_a_terminal(folder: Path, code: str) -> list[str]:
    (folder / "journey.sh").write_text(f"set -euo pipefail\n{code}")
    return ["bash", "journey.sh"]


def in_python(folder: Path, code: str) -> list[str]:
    (folder / "journey.py").write_text(code)
    return [sys.executable, "journey.py"]


def in_typescript(folder: Path, code: str) -> list[str]:
    journeys = folder / "journeys"
    if not journeys.exists():
        (folder / "node_modules").symlink_to(INSTALLED)
        shutil.copy(CONTRACT / "tsconfig.json", folder)
        output(folder, "openapi-typescript", write_document(folder), "-o", "journeys/shop.d.ts")
    (journeys / "journey.mts").write_text(code)
    output(folder, "tsc")
    return ["node", "compiled/journey.mjs"]


def test_every_step_is_told_in_each_language() -> None:
    steps = PAGE.split(f"## {JOURNEY}")[1].split("## What else")[0].split("\n### ")[1:]
    languages = {step.split("\n")[0]: [name for name, _ in BLOCK.findall(step)] for step in steps}
    links = languages.popitem()[1]

    assert len(languages) == 6
    assert set(map(tuple, languages.values())) == {("sh", "python", "ts")}
    assert links == ["sh", "python", "ts"] * 2


@pytest.mark.parametrize(
    ("language", "written"),
    [
        pytest.param("sh", in_a_terminal, marks=pytest.mark.terminal),
        pytest.param("python", in_python),
        pytest.param("ts", in_typescript, marks=pytest.mark.contract),
    ],
)
def test_the_journey_arrives(
    language: str,
    written: Callable[..., list[str]],
    live_server: Any,
    tmp_path: Path,
    settings: Any,
) -> None:
    settings.STORE_RETURN_ORIGINS = [FRONT_END]
    lamp = baker.make("store.Product", title="Lamp", unit_price=10, inventory=100)
    baker.make("store.Product", title="Chair", unit_price=90, inventory=100)

    def follow(title: str, answers: str = "") -> str:
        command = written(tmp_path, program(language, FIRST, title))
        return output(tmp_path, *command, answers=answers, API=live_server.url)

    shown = follow(JOURNEY)

    nora = User.objects.get(username__startswith="nora-")
    order = Order.objects.get(customer__user=nora)
    assert [(item.product, item.quantity) for item in order.items.all()] == [(lamp, 2)]
    payment = order.payments.get()
    assert payment.checkout_url in shown
    assert payment.return_url == f"{FRONT_END}/thanks"
    assert Review.objects.get(user=nora).product == lamp
    assert LikedItem.objects.get(user=nora).object_id == lamp.pk
    assert nora.email_verified_at is None

    links = [found[0] for each in mail.outbox if (found := LINK.search(each.body))]
    follow(LINKS, answers="".join(f"{link}\n" for link in links))

    nora.refresh_from_db()
    assert nora.email_verified_at
    assert nora.check_password(NEW_PASSWORD)
