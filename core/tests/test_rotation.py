"""A refresh token that rotates is valid once, and for two tabs at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken

from core.models import UserSession
from core.models.sessions import GRACE

from .test_sessions import BLACKLIST, ENDED, ME, REFRESH, VERIFY

TABS = 16


@pytest.fixture(autouse=True)
def _rotating(settings: Any) -> None:
    settings.ROTATE_REFRESH_TOKENS = True


@pytest.fixture
def first(tokens_of: Callable, register: Callable) -> str:
    register("ann")
    token: str = tokens_of("ann")["refresh"]
    return token


def refresh(token: str) -> Any:
    return APIClient().post(REFRESH, {"refresh": token})


def later(than: timedelta) -> None:
    """Let the session have rotated longer ago."""
    session = UserSession.objects.get()
    assert session.rotated_at
    session.rotated_at -= than
    session.save()


def status_with(access: str) -> int:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"JWT {access}")
    status: int = client.get(ME).status_code
    return status


@pytest.mark.django_db
class TestRotation:
    def test_brings_the_next_refresh_token(self, first: str) -> None:
        second = refresh(first).json()
        assert list(second) == ["access", "refresh"]
        assert second["refresh"] != first
        assert status_with(second["access"]) == 200
        third = refresh(second["refresh"]).json()
        assert third["refresh"] not in (first, second["refresh"])

    def test_prolongs_the_session(self, first: str) -> None:
        before = UserSession.objects.get()
        refresh(first)
        after = UserSession.objects.get()
        assert before.expires_at
        assert after.expires_at
        assert after.expires_at > before.expires_at
        assert after.last_used_at > before.last_used_at

    def test_answers_the_previous_one_alike(self, first: str) -> None:
        second = refresh(first).json()
        later(GRACE - timedelta(seconds=5))
        again = refresh(first).json()
        assert RefreshToken(again["refresh"])["jti"] == RefreshToken(second["refresh"])["jti"]
        assert refresh(again["refresh"]).status_code == 200

    def test_answers_two_tabs_to_the_letter(self, first: str) -> None:
        assert refresh(first).json() == refresh(first).json()

    def test_ends_the_session_at_a_later_use(self, first: str) -> None:
        second = refresh(first).json()
        later(GRACE)
        response = refresh(first)
        assert (response.status_code, response.json()) == (401, ENDED)
        assert refresh(second["refresh"]).json() == ENDED
        assert status_with(second["access"]) == 401
        assert not UserSession.objects.exists()

    def test_ends_the_session_at_the_use_of_one_before_the_previous(self, first: str) -> None:
        second = refresh(first).json()
        third = refresh(second["refresh"]).json()
        assert refresh(first).json() == ENDED
        assert refresh(third["refresh"]).json() == ENDED

    def test_leaves_other_sessions_alone(self, first: str, tokens_of: Callable) -> None:
        other = tokens_of("ann")
        second = refresh(first).json()
        refresh(second["refresh"])
        assert refresh(first).status_code == 401
        assert status_with(other["access"]) == 200

    def test_verifies_the_valid_one_only_and_ends_nothing(self, first: str) -> None:
        second = refresh(first).json()["refresh"]
        later(GRACE)
        assert APIClient().post(VERIFY, {"token": first}).json() == ENDED
        assert APIClient().post(VERIFY, {"token": second}).status_code == 200

    def test_log_out_takes_any_of_them(self, first: str) -> None:
        second = refresh(first).json()["refresh"]
        later(GRACE)
        assert APIClient().post(BLACKLIST, {"refresh": first}).status_code == 200
        assert refresh(second).status_code == 401

    def test_adds_no_row(self, first: str) -> None:
        token = first
        for _ in range(3):
            token = refresh(token).json()["refresh"]
        assert (UserSession.objects.count(), OutstandingToken.objects.count()) == (1, 1)
        # Who read the row could not use it.
        assert OutstandingToken.objects.get().token == ""

    def test_gives_one_of_before_the_upgrade_no_next(self, first: str) -> None:
        old = RefreshToken.for_user(UserSession.objects.get().user)
        assert list(refresh(str(old)).json()) == ["access"]

    def test_switched_off_again_goes_on_with_the_last(self, first: str, settings: Any) -> None:
        second = refresh(first).json()["refresh"]
        settings.ROTATE_REFRESH_TOKENS = False
        later(GRACE)
        assert [list(refresh(second).json()) for _ in range(2)] == [["access"]] * 2
        assert refresh(first).json() == ENDED


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_tabs_at_once_get_one_answer(first: str) -> None:
    start = Barrier(TABS)

    def refresh_at_once(_: int) -> Any:
        start.wait(30)
        try:
            response = refresh(first)
            return response.status_code, *response.json().values()
        finally:
            connection.close()

    with ThreadPoolExecutor(TABS) as pool:
        answers = set(pool.map(refresh_at_once, range(TABS)))
    ((status, access, newer),) = answers
    assert (status, status_with(access)) == (200, 200)
    assert refresh(newer).status_code == 200
