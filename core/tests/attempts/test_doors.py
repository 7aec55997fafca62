"""Each place that checks a password, and what it says to who has to wait."""

import logging
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from core.models import TriedAccount, TriedNetwork

from ..passwords import PASSWORD
from .guesses import (
    DOORS,
    ME,
    NEW,
    in_the_admin,
    on_page,
    over_the_api,
    sign_in,
    statuses,
)

pytestmark = pytest.mark.django_db

through_each_door = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)


class TestDoors:
    @through_each_door
    def test_a_guesser_has_to_wait(self, ann: Any, hashed: list[str], door: Any) -> None:
        before = get_user_model().objects.values("username", "password").get()
        assert 429 not in {door(ann, "wrong").status_code for _ in range(3)}
        assert hashed == ["wrong"] * 3

        response = door(ann, PASSWORD)

        assert response.status_code == 429
        assert response["Retry-After"] in ("29", "30")
        assert len(hashed) == 3
        assert get_user_model().objects.values("username", "password").get() == before

    @pytest.mark.parametrize("method", ["patch", "delete"])
    def test_if_match_lets_nobody_guess_on(self, ann: Any, hashed: list[str], method: str) -> None:
        door = over_the_api(method, ME, headers={"If-Match": "*"}, email="new@example.com")

        assert [door(ann, "wrong").status_code for _ in range(5)] == [400] * 3 + [429] * 2
        assert len(hashed) == 3

    @through_each_door
    def test_a_right_password_is_not_counted(self, ann: Any, door: Any, limits: Any) -> None:
        limits.SIGN_IN_FAILURES = 1
        assert door(ann, PASSWORD).status_code < 400
        # A deleted account has none.
        assert not TriedAccount.objects.filter(failures__gt=0).exists()
        assert not TriedNetwork.objects.filter(failures__gt=0).exists()

    def test_all_share_what_is_left_of_an_account(self, ann: Any, hashed: list[str]) -> None:
        found = [door(ann, "wrong").status_code for door in DOORS.values()]
        assert found == [401, 200, 200] + [429] * 6
        assert len(hashed) == 3

    def test_all_share_what_is_left_of_a_network(
        self, ann: Any, hashed: list[str], limits: Any
    ) -> None:
        limits.SIGN_IN_FAILURES, limits.CREDENTIALS_RATE = 0, (4, 60)
        found = [door(ann, "wrong").status_code for door in DOORS.values()]
        assert found == [401, 200, 200, 200] + [429] * 5
        assert len(hashed) == 4

    @pytest.mark.parametrize("url", ["/admin/login/", "/api-auth/login/"])
    def test_a_page_shows_its_form_with_the_reason(self, ann: Any, url: str) -> None:
        statuses(3, address="127.0.0.1")
        page = on_page(url)(ann, PASSWORD)
        assert page.status_code == 429
        assert "Please try again in 30 seconds." in page.content.decode()
        assert 'name="password"' in page.content.decode()

    def test_another_page_says_it_instead(self, ann: Any) -> None:
        for _ in range(5):
            page = in_the_admin(ann, "wrong")
        assert (page.status_code, page["Content-Type"]) == (429, "application/json")
        client = Client()
        client.force_login(ann)
        fields = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
        page = client.post("/admin/password_change/", fields, HTTP_ACCEPT="text/html")
        assert page.status_code == 429
        assert "Please try again in 30 seconds. Nothing was changed." in page.content.decode()

    def test_the_api_says_it_as_ever(self, ann: Any) -> None:
        statuses(3)
        response = sign_in()
        detail = "Request was throttled. Expected available in 30 seconds."
        assert response.json() == {"detail": detail}


class TestLog:
    @pytest.fixture(autouse=True)
    def _info(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, "storefront.security")

    def events(self, caplog: pytest.LogCaptureFixture) -> list[str]:
        return [line.split()[0] for line in caplog.messages if "network=" in line]

    def test_tells_of_each_attempt(self, ann: Any, caplog: pytest.LogCaptureFixture) -> None:
        statuses(1)
        statuses(1, PASSWORD)
        statuses(4)
        failed, refused = "sign_in_failed", "sign_in_refused"
        assert self.events(caplog) == [failed, "sign_in_succeeded", failed, failed, failed, refused]

    @pytest.mark.parametrize("url", ["/admin/login/", "/api-auth/login/"])
    def test_of_those_on_pages_too(
        self, ann: Any, caplog: pytest.LogCaptureFixture, url: str
    ) -> None:
        for password in ("wrong", PASSWORD):
            on_page(url)(ann, password)
        assert self.events(caplog) == ["sign_in_failed", "sign_in_succeeded"]

    @through_each_door
    def test_a_proxy_is_told(self, ann: Any, door: Any) -> None:
        told = [door(ann, "wrong").headers.get("X-Sign-In") for _ in range(4)]
        assert told == ["failed"] * 3 + ["refused"]

    def test_of_nothing_else(self, ann: Any) -> None:
        assert "X-Sign-In" not in sign_in(PASSWORD)

    @pytest.mark.parametrize("door", ["set_password", "admin's password change"])
    def test_of_a_new_password(
        self,
        ann: Any,
        caplog: pytest.LogCaptureFixture,
        django_capture_on_commit_callbacks: Any,
        door: str,
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            DOORS[door](ann, PASSWORD)
        assert any(line.startswith("password_changed account=") for line in caplog.messages)


def test_outside_of_a_request_nothing_is_counted(ann: Any) -> None:
    assert not any(ann.check_password("wrong") for _ in range(10))
    assert ann.check_password(PASSWORD)
