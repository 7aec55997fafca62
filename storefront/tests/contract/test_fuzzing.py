"""What schemathesis finds in a shop that it asks as each role: nothing."""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from rest_framework_simplejwt.tokens import AccessToken

from storefront.schema.documents import document

from ..roles import ROLES, Role
from .fuzzing import fuzz

pytestmark = [pytest.mark.once, pytest.mark.fuzz, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def token_of(register: Callable[..., Any]) -> Callable[[Role], str]:
    """Return a token of no session, which no request can end."""

    def token_of(role: Role) -> str:
        if role.fields is None:
            return ""
        user = register(role.name.lower().replace(" ", "_"), **role.fields)
        if role.group:
            user.groups.add(Group.objects.get(name=role.group))
        return str(AccessToken.for_user(user))

    return token_of


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_no_answer_is_beyond_the_document(
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    live_server: Any,
    world: dict[str, Any],
    token_of: Callable[[Role], str],
    pytestconfig: pytest.Config,
    report_figures: Callable[[str], None],
    tmp_path: Path,
    role: Role,
) -> None:
    settings.STAFF_NEEDS_PERMISSIONS = True
    # Thousands of refusals.
    monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)
    found = fuzz(
        json.loads(document("json").content),
        live_server.url,
        world=world,
        token=token_of(role),
        cases=pytestconfig.getoption("--fuzz-cases"),
        seed=pytestconfig.getoption("--fuzz-seed"),
        folder=tmp_path,
    )
    report_figures(
        f"schemathesis as {role.name}: {found.cases} cases, {found.kinds.total()} findings"
    )
    assert not found.kinds, found.report
