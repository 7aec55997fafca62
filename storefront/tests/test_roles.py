"""docs/roles.md says of every endpoint, page and action who may use it, and each is asked as each role."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.template.response import SimpleTemplateResponse

from store.models import Payment, Product

from .roles import tables

pytestmark = pytest.mark.django_db

DOCUMENT = Path(settings.BASE_DIR, "docs", "roles.md")
# What follows is written by `make roles`.
MARK = "<!-- make roles -->\n\n"


@pytest.fixture
def whole_world(world: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows that are asked for, those of the pages too."""
    file = default_storage.save("store/images/roles.png", ContentFile(b"picture"))
    yield world | {
        "file": file,
        "payment_key": Payment.objects.get().key,
        "product_type": ContentType.objects.get_for_model(Product).pk,
    }
    default_storage.delete(file)


def test_the_tables_say_who_may_do_what(
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    pytestconfig: pytest.Config,
    register: Callable[..., Any],
    whole_world: dict[str, Any],
) -> None:
    settings.STAFF_NEEDS_PERMISSIONS = True
    # Hundreds of refusals.
    monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)
    # Who may see a page is decided before it is written.
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", "")
    intro, _, written = DOCUMENT.read_text().partition(MARK)
    found = tables(whole_world, register)
    if pytestconfig.getoption("--write-roles"):
        DOCUMENT.write_text(f"{intro}{MARK}{found}")
    else:
        assert found == written, "Run `make roles`, and look at what it changes."
