"""A link that was mailed works once, however many follow it at the same moment."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from core.links import RESET_PASSWORD, RESET_USERNAME, VERIFY_EMAIL, encode_uid
from outbox.models import Mail

from .crowd import Request, statuses

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

FOLLOWERS = 8


@pytest.mark.parametrize(
    ("path", "tokens", "field", "mails"),
    [
        ("reset_password_confirm", RESET_PASSWORD, "new_password", 1),
        ("reset_username_confirm", RESET_USERNAME, "new_username", 1),
        ("verify_email", VERIFY_EMAIL, "", 0),
    ],
)
def test_a_link_works_once(
    make_users: Callable[..., Any],
    at_once: Callable[..., Any],
    path: str,
    tokens: Any,
    field: str,
    mails: int,
) -> None:
    (user,) = make_users(1, password=make_password("a-Str0ng-one"))
    codes = {"uid": encode_uid(user.pk), "token": tokens.make_token(user)}
    values = [f"an0ther-Str0ng-one-{number}" for number in range(FOLLOWERS)]
    bodies = [{**codes, **({field: value} if field else {})} for value in values]

    responses = at_once([Request("POST", f"/auth/users/{path}/", body) for body in bodies])

    assert statuses(responses) == {204: 1, 400: FOLLOWERS - 1}
    user.refresh_from_db()
    [winner] = [value for value, each in zip(values, responses, strict=True) if each.status == 204]
    assert {
        "new_password": user.check_password(winner),
        "new_username": user.username == winner,
        "": user.email_verified_at is not None,
    }[field]
    assert Mail.objects.count() == mails


def test_an_address_is_confirmed_by_one_account(
    make_users: Callable[..., Any], at_once: Callable[..., Any]
) -> None:
    users = make_users(FOLLOWERS, pending_email="new@example.com")
    bodies = [
        {"uid": encode_uid(user.pk), "token": VERIFY_EMAIL.make_token(user)} for user in users
    ]

    responses = at_once([Request("POST", "/auth/users/verify_email/", body) for body in bodies])

    assert statuses(responses) == {204: 1, 400: FOLLOWERS - 1}
