"""The security log tells of every change of rights."""

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from core.signals.rights import EVENT
from storefront.tests.pages import Tab

pytestmark = pytest.mark.django_db


@pytest.fixture
def weaker(register: Callable) -> Any:
    user = register("ann", is_staff=True)
    user.user_permissions.set([Permission.objects.get(codename="view_order")])
    return user


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    caplog.set_level(logging.INFO, "storefront.security")

    def lines() -> list[str]:
        found = [each.getMessage() for each in caplog.records if each.name.endswith("security")]
        caplog.clear()
        return found

    return lines


def test_tells_who_changed_whose_rights(
    admin_client: Client, admin_user: Any, weaker: Any, lines: Callable
) -> None:
    group = Group.objects.get(name="Customer Service")
    kept = weaker.user_permissions.get().pk
    page = Tab(admin_client, f"/admin/core/user/{weaker.pk}/change/", "user_form")
    lines()
    page.save(groups=[group.pk], is_superuser="on", user_permissions=[])
    by, told = f"by={admin_user.pk}", [re.sub(r"network=\w+ ", "", line) for line in lines()]
    assert told == [
        f"{EVENT} user={weaker.pk} {by} is_superuser=True",
        f"{EVENT} of_user={weaker.pk} {by} added_group={group.pk}",
        f"{EVENT} of_user={weaker.pk} {by} removed_permission={kept}",
    ]


def test_tells_of_groups_and_of_the_shell(weaker: Any, lines: Callable) -> None:
    group = Group.objects.create(name="Temps")
    right = Permission.objects.get(codename="cancel_order")
    lines()
    group.permissions.add(right)
    group.permissions.add(right)
    group.permissions.clear()
    group.user_set.add(weaker)
    weaker.is_active = False
    weaker.save()
    assert lines() == [
        f"{EVENT} of_group={group.pk} added_permission={right.pk}",
        f"{EVENT} of_group={group.pk} cleared_permission=all",
        f"{EVENT} of_group={group.pk} added_user={weaker.pk}",
        f"{EVENT} user={weaker.pk} is_active=False",
    ]


def test_says_nothing_of_what_is_no_right(register: Callable, lines: Callable) -> None:
    user = register("bob")
    user.first_name = "Bob"
    user.save()
    assert lines() == []
