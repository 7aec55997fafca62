"""Passwords that are guessed: at every door, and from everywhere."""

import logging
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from core.models import TriedAccount, TriedNetwork
from core.services.sign_ins import forget_failures, purge_attempts
from storefront.errors.exceptions import Busy

from .passwords import PASSWORD

pytestmark = pytest.mark.django_db

NEW = "an0ther-Str0ng-one"
HOME, AWAY = "192.0.2.7", "192.0.2.8"
SIGN_IN = "/auth/jwt/create/"
ME = "/auth/users/me/"
now = timezone.now


@pytest.fixture(autouse=True)
def limits(settings: Any) -> Any:
    """Three free failures, and no limit of requests; one proxy tells who asks."""
    settings.SIGN_IN_FAILURES = 3
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    return settings


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Move the clock on from where it was moved to before."""
    moved = timedelta()

    def later(**time: float) -> None:
        nonlocal moved
        moved += timedelta(**time)
        monkeypatch.setattr(timezone, "now", lambda: now() + moved)

    return later


@pytest.fixture
def ann(register: Callable[..., Any]) -> Any:
    return register(is_staff=True, is_superuser=True)


@pytest.fixture
def hashed(ann: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each password that is hashed from now on."""
    passwords: list[str] = []
    encode = MD5PasswordHasher.encode

    def note(self: Any, password: str, salt: str) -> str:
        passwords.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", note)
    return passwords


def sign_in(password: str = "wrong", name: str = "ann", address: str = HOME) -> Any:
    body = {"username": name, "password": password}
    return APIClient().post(SIGN_IN, body, format="json", HTTP_X_FORWARDED_FOR=address)


def statuses(number: int, password: str = "wrong", **who: str) -> list[int]:
    return [sign_in(password, **who).status_code for _ in range(number)]


def on_page(url: str) -> Callable[[Any, str], Any]:
    return lambda _, password: Client().post(url, {"username": "ann", "password": password})


def over_the_api(method: str, url: str, **body: str) -> Callable[[Any, str], Any]:
    def send(user: Any, password: str) -> Any:
        client = APIClient()
        client.force_authenticate(get_user_model().objects.get(pk=user.pk))
        sent = {"current_password": password, **body}
        return getattr(client, method)(url.format(user.pk), sent, format="json")

    return send


def in_the_admin(user: Any, password: str) -> Any:
    client = Client()
    client.force_login(user)
    new = {"new_password1": NEW, "new_password2": NEW}
    return client.post("/admin/password_change/", {"old_password": password, **new})


# How each place that checks a password is asked with one.
DOORS = {
    "jwt/create": lambda _, password: sign_in(password, address="127.0.0.1"),
    "admin": on_page("/admin/login/"),
    "browsable API": on_page("/api-auth/login/"),
    "admin's password change": in_the_admin,
    "set_password": over_the_api("post", "/auth/users/set_password/", new_password=NEW),
    "set_username": over_the_api("post", "/auth/users/set_username/", new_username="eve"),
    "delete me": over_the_api("delete", ME),
    "delete by id": over_the_api("delete", "/auth/users/{}/"),
}
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

    @through_each_door
    def test_a_right_password_is_not_counted(self, ann: Any, door: Any, limits: Any) -> None:
        limits.SIGN_IN_FAILURES = 1
        assert door(ann, PASSWORD).status_code < 400
        # A deleted account has none.
        assert not TriedAccount.objects.filter(failures__gt=0).exists()
        assert not TriedNetwork.objects.filter(failures__gt=0).exists()

    def test_all_share_what_is_left_of_an_account(self, ann: Any, hashed: list[str]) -> None:
        found = [door(ann, "wrong").status_code for door in DOORS.values()]
        assert found == [401, 200, 200] + [429] * 5
        assert len(hashed) == 3

    def test_all_share_what_is_left_of_a_network(
        self, ann: Any, hashed: list[str], limits: Any
    ) -> None:
        limits.SIGN_IN_FAILURES, limits.CREDENTIALS_RATE = 0, (4, 60)
        found = [door(ann, "wrong").status_code for door in DOORS.values()]
        assert found == [401, 200, 200, 200] + [429] * 4
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


class TestAccountAndNetwork:
    def test_the_wait_doubles_up_to_an_hour(self, ann: Any, later: Callable[..., None]) -> None:
        statuses(3)
        waits = []
        for _ in range(9):
            waits.append(int(sign_in()["Retry-After"]))
            later(seconds=waits[-1])
            assert sign_in().status_code == 401
        assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]

    def test_waiting_is_not_made_longer_by_asking(
        self, ann: Any, later: Callable[..., None]
    ) -> None:
        assert statuses(8)[3:] == [429] * 5
        later(seconds=30)
        assert statuses(2, PASSWORD) == [200, 200]

    def test_a_right_password_clears_it(self, ann: Any) -> None:
        for _ in range(3):
            assert [*statuses(2), *statuses(1, PASSWORD)] == [401, 401, 200]

    def test_a_day_later_nothing_is_left(self, ann: Any, later: Callable[..., None]) -> None:
        statuses(4)
        later(days=1)
        assert statuses(4) == [401, 401, 401, 429]

    def test_others_are_not_held_up(self, ann: Any, register: Callable[..., Any]) -> None:
        register("bob")
        statuses(4)
        assert sign_in(PASSWORD, address=AWAY).status_code == 200
        assert sign_in(PASSWORD, "bob").status_code == 200

    @pytest.mark.parametrize("name", ["ANN", "\uff41nn", "Ann"])
    def test_a_spelling_is_no_other_account(self, ann: Any, name: str) -> None:
        statuses(3)
        assert sign_in(PASSWORD, name).status_code == 429

    def test_an_unknown_name_is_told_the_same(
        self, ann: Any, django_assert_num_queries: Any, hashed: list[str]
    ) -> None:
        seen = []
        for name in ("ann", "nobody"):
            responses = [sign_in(name=name) for _ in range(4)]
            seen.append([(each.status_code, each.json()) for each in responses])
            seen[-1].append(len(hashed))
            hashed.clear()
        assert seen[0] == seen[1]

    def test_a_network_of_ipv6_is_one(self, ann: Any) -> None:
        found = [sign_in(address=f"2001:db8::{n:x}").status_code for n in range(1, 6)]
        assert found == [401, 401, 401, 429, 429]
        assert sign_in(PASSWORD, address="2001:db8:0:1::1").status_code == 200

    def test_a_port_makes_no_other_address(self, ann: Any) -> None:
        found = [sign_in(address=f"1.2.3.4:{5678 + n}").status_code for n in range(4)]
        assert found == [401, 401, 401, 429]

    def test_what_was_not_checked_is_given_back(
        self, ann: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        statuses(2)
        with monkeypatch.context() as patch:
            patch.setattr(MD5PasswordHasher, "verify", busy)
            assert statuses(5, PASSWORD) == [503] * 5
        assert statuses(2) == [401, 429]


def busy(*args: Any) -> None:
    raise Busy


class TestEverywhere:
    """An account that a botnet tries, each time from another network."""

    @pytest.fixture
    def tried(self, ann: Any) -> list[int]:
        return [sign_in(address=f"203.0.113.{n}").status_code for n in range(100)]

    def test_new_networks_have_to_wait(self, tried: list[int]) -> None:
        assert tried == [401] * 6 + [429] * 94

    def test_the_owner_does_not_where_they_have_signed_in(
        self, ann: Any, later: Callable[..., None]
    ) -> None:
        assert sign_in(PASSWORD).status_code == 200
        later(days=29)
        assert 429 in {sign_in(address=f"203.0.113.{n}").status_code for n in range(100)}
        assert sign_in(PASSWORD).status_code == 200

    def test_nor_longer_than_a_quarter_of_an_hour_elsewhere(
        self, ann: Any, tried: list[int], later: Callable[..., None]
    ) -> None:
        """While the attack goes on."""
        for n in range(40):
            later(minutes=16)
            sign_in(address=f"203.0.113.{n}")
        wait = int(sign_in(PASSWORD)["Retry-After"])
        assert wait == 900
        for n in range(100, 200):
            sign_in(address=f"203.0.113.{n}")
        later(seconds=wait)
        assert sign_in(PASSWORD).status_code == 200

    def test_nor_after_a_reset(self, ann: Any, tried: list[int]) -> None:
        assert sign_in(PASSWORD).status_code == 429
        forget_failures(username="ann", network=HOME)
        assert 429 in {sign_in(address=f"203.0.113.{n}").status_code for n in range(100)}
        assert statuses(2, PASSWORD) == [200, 200]

    def test_each_waits_again_for_its_next_attempt(
        self, tried: list[int], later: Callable[..., None]
    ) -> None:
        later(minutes=15)
        assert statuses(2, address="203.0.113.99") == [401, 429]

    def test_a_month_later_a_network_is_new(self, ann: Any, later: Callable[..., None]) -> None:
        assert sign_in(PASSWORD).status_code == 200
        later(days=31)
        statuses(1, address=AWAY)
        for n in range(100):
            sign_in(address=f"203.0.113.{n}")
        assert sign_in(PASSWORD).status_code == 429


class TestNetwork:
    @pytest.fixture(autouse=True)
    def _rate(self, limits: Any) -> None:
        limits.CREDENTIALS_RATE = (5, 60)

    def test_many_names_are_too_many(self, db: None) -> None:
        found = [sign_in(name=f"name-{n}").status_code for n in range(7)]
        assert found == [401] * 5 + [429] * 2
        assert sign_in(address=AWAY).status_code == 401

    def test_a_request_counts_once(self, ann: Any) -> None:
        assert statuses(6, PASSWORD) == [200] * 5 + [429]

    def test_a_trusted_one_may_ask_for_many(self, limits: Any) -> None:
        limits.TRUSTED_ADDRESSES = [ip_network("192.0.2.0/29")]
        found = {sign_in(name=f"name-{n}").status_code for n in range(7)}
        assert found == {401}


class TestRows:
    def test_hold_no_name_and_no_address(self, ann: Any) -> None:
        sign_in()
        row = TriedNetwork.objects.get()
        assert {len(row.key), len(row.account)} == {64}
        assert row.account == TriedAccount.objects.get().account

    def test_are_purged_when_they_say_nothing_any_more(
        self, ann: Any, later: Callable[..., None]
    ) -> None:
        sign_in()
        sign_in(PASSWORD, address=AWAY)
        assert purge_attempts() == 0
        later(days=2)
        assert purge_attempts() == 2
        assert TriedNetwork.objects.get().signed_in_at
        later(days=30)
        assert purge_attempts() == 1

    def test_there_are_none_without_the_limit(self, ann: Any, limits: Any) -> None:
        limits.SIGN_IN_FAILURES = 0
        assert statuses(5) == [401] * 5
        assert not TriedAccount.objects.exists()


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


def test_outside_of_a_request_nothing_is_counted(ann: Any) -> None:
    assert not any(ann.check_password("wrong") for _ in range(10))
    assert ann.check_password(PASSWORD)
