"""docs/roles.md says of every endpoint, page and action who may use it, and each is asked as each role."""

import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.template.response import SimpleTemplateResponse
from django.urls import get_resolver

from store.models import Payment, Product
from storefront.permissions import StaffModelPermissions, model_permission

from .roles import PARTS, routes, table

pytestmark = [pytest.mark.once, pytest.mark.django_db]

DOCUMENT = Path(settings.BASE_DIR, "docs", "roles.md")
# Of a view, and of a viewset.
WRITES = ["post", "put", "patch", "delete", "create", "update", "partial_update", "destroy"]


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


@pytest.mark.parametrize("part", PARTS)
def test_the_table_says_who_may_do_what(
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    pytestconfig: pytest.Config,
    register: Callable[..., Any],
    whole_world: dict[str, Any],
    part: str,
) -> None:
    settings.STAFF_NEEDS_PERMISSIONS = True
    # Hundreds of refusals.
    monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)
    # Who may see a page is decided before it is written.
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", "")
    document = DOCUMENT.read_text()
    written = re.search(rf"(?<=^## {part}\n\n)(\|.*\n)*", document, re.MULTILINE)
    assert written, f"{DOCUMENT.name} has no part {part}."
    found = table(part, whole_world, register)
    if pytestconfig.getoption("--write-roles"):
        start, end = written.span()
        DOCUMENT.write_text(f"{document[:start]}{found}{document[end:]}")
    else:
        assert found == written[0], "Run `make roles`, and look at what it changes."


def writes_of(view: Any) -> set[str]:
    return {name for name in WRITES if hasattr(view, name)}


def test_each_view_that_staff_write_to_names_its_model() -> None:
    """Without one, superusers alone could write."""
    nameless = set()
    for path, pattern in routes(get_resolver()):
        view: Any = getattr(pattern.callback, "cls", None)
        classes = getattr(view, "permission_classes", [])
        is_for_staff = any(
            isinstance(each, type) and issubclass(each, StaffModelPermissions) for each in classes
        )
        if is_for_staff and writes_of(view) and not model_permission("POST", view):
            nameless.add(path)
    assert nameless == set()
