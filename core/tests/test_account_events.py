"""Changes of accounts are in the security log, once they are committed."""

import logging
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from rest_framework.test import APIClient

from core.links import RESET_PASSWORD, RESET_USERNAME, VERIFY_EMAIL, encode_uid
from core.services.credentials import change_username

from .conftest import PASSWORD

USERS = "/auth/users/"
NEW = "an0ther-Str0ng-one"

pytestmark = pytest.mark.django_db


def test_each_is_told(committing_client: APIClient, register: Any, caplog: Any) -> None:
    caplog.set_level(logging.INFO, "storefront.security")
    user = register(pending_email="new@example.com")
    committing_client.force_authenticate(user)

    def codes(tokens: Any) -> dict[str, str]:
        stored = get_user_model().objects.get()
        return {"uid": encode_uid(stored.pk), "token": tokens.make_token(stored)}

    sent = [
        ("verify_email/", VERIFY_EMAIL, {}),
        ("reset_username_confirm/", RESET_USERNAME, {"new_username": "anna"}),
        ("reset_password_confirm/", RESET_PASSWORD, {"new_password": NEW}),
    ]
    for path, tokens, body in sent:
        assert committing_client.post(USERS + path, codes(tokens) | body).status_code == 204
    committing_client.force_authenticate(get_user_model().objects.get())
    passwords = {"current_password": NEW, "new_password": PASSWORD}
    assert committing_client.post(f"{USERS}set_password/", passwords).status_code == 204
    committing_client.delete(f"{USERS}me/", {"current_password": PASSWORD})

    told = [record.getMessage().split()[0] for record in caplog.records]
    expected = [
        "email_changed",
        "username_changed",
        "password_reset",
        "password_changed",
        "account_deleted",
    ]
    assert [event for event in told if event in expected] == expected
    assert "ann" not in caplog.text.replace("anna", "")


def test_what_is_rolled_back_is_not(register: Any, caplog: Any) -> None:
    caplog.set_level(logging.INFO, "storefront.security")
    change_username(user=register(), username="anna")
    assert "username_changed" not in caplog.text
