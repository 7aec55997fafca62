"""Each sign-in is a session, which its owner sees and ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import RefreshToken

from core.models import UserSession
from core.services.sessions import purge_sessions

from .passwords import PASSWORD

CREATE = "/auth/jwt/create/"
REFRESH = "/auth/jwt/refresh/"
VERIFY = "/auth/jwt/verify/"
BLACKLIST = "/auth/jwt/blacklist/"
LOGOUT_ALL = "/auth/jwt/logout_all/"
ME = "/auth/users/me/"
SESSIONS = "/auth/users/me/sessions/"
ENDED = {"detail": "The session has ended; sign in again.", "code": "session_ended"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(register: Callable) -> Any:
    return register("ann")


@pytest.fixture
def signed_in(tokens_of: Callable, ann: Any) -> Callable[..., Any]:
    """Sign in over HTTP and return a client with the access token, which has the tokens as `tokens`."""

    def signed_in(username: str = "ann") -> Any:
        client: Any = APIClient()
        client.tokens = tokens_of(username)
        client.credentials(HTTP_AUTHORIZATION=f"JWT {client.tokens['access']}")
        return client

    return signed_in


@pytest.fixture
def browser(ann: Any) -> Client:
    """Sign in by a form, as staff do."""
    client = Client(headers={"User-Agent": "Firefox"}, REMOTE_ADDR="203.0.113.9")
    form = {"username": "ann", "password": PASSWORD}
    assert client.post("/api-auth/login/", form).status_code == 302
    return client


def ids(client: Any) -> list[int]:
    return [session["id"] for session in client.get(SESSIONS).json()]


class TestList:
    def test_needs_a_sign_in(self, api_client: APIClient) -> None:
        assert api_client.get(SESSIONS).status_code == 401

    def test_shows_when_and_where(self, api_client: APIClient, ann: Any) -> None:
        response = api_client.post(
            CREATE,
            {"username": "ann", "password": PASSWORD},
            headers={"User-Agent": "Fire\x00fox" + "x" * 300},
            REMOTE_ADDR="203.0.113.9",
        )
        api_client.credentials(HTTP_AUTHORIZATION=f"JWT {response.json()['access']}")
        (session,) = api_client.get(SESSIONS).json()
        row = UserSession.objects.get()
        now = row.created_at.isoformat().replace("+00:00", "Z")
        assert session == {
            "id": row.pk,
            "created_at": now,
            "last_used_at": row.last_used_at.isoformat().replace("+00:00", "Z"),
            "user_agent": ("Firefox" + "x" * 300)[:255],
            "network": "203.0.113.0/24",
            "is_current": True,
        }
        assert api_client.get(f"{SESSIONS}{row.pk}/").json() == session

    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("2001:db8:1:2::3", "2001:db8:1::/48"),
            ("::ffff:203.0.113.9", "203.0.113.0/24"),
            ("fe80::1%eth0", "fe80::/48"),
            ("unix:", ""),
        ],
    )
    def test_shows_no_more_of_an_address_than_its_network(
        self, ann: Any, address: str, network: str
    ) -> None:
        client = APIClient(REMOTE_ADDR=address)
        client.post(CREATE, {"username": "ann", "password": PASSWORD})
        assert UserSession.objects.get().network == network

    def test_lists_the_own_ones_newest_first(self, signed_in: Any, register: Any) -> None:
        register("bob")
        first, _, second = signed_in(), signed_in("bob"), signed_in()
        shown = second.get(SESSIONS).json()
        assert [session["is_current"] for session in shown] == [True, False]
        assert [session["is_current"] for session in first.get(SESSIONS).json()] == [False, True]

    def test_leaves_out_what_a_new_password_or_time_has_ended(
        self, signed_in: Any, ann: Any
    ) -> None:
        signed_in()
        old = signed_in()
        UserSession.objects.filter(pk=ids(old)[0]).update(expires_at=timezone.now())
        assert len(ids(old)) == 1
        ann.set_password("an0ther-Str0ng-one")
        ann.save()
        assert old.get(ME).status_code == 401
        api_client = APIClient()
        api_client.force_authenticate(ann)
        assert ids(api_client) == []

    def test_of_an_unsaved_user_is_empty(
        self, api_client: APIClient, authenticate: Callable
    ) -> None:
        authenticate()
        assert ids(api_client) == []

    def test_takes_one_query_beside_the_sign_in(self, signed_in: Any) -> None:
        client = [signed_in() for _ in range(3)][0]
        with CaptureQueriesContext(connection) as queries:
            ids(client)
        assert len(queries) == 2


class TestEnd:
    def test_of_somebody_else_is_not_found(self, signed_in: Any, register: Any) -> None:
        register("bob")
        own, other = signed_in(), signed_in("bob")
        for each in (ids(other)[0], 10**18):
            assert own.get(f"{SESSIONS}{each}/").status_code == 404
            assert own.delete(f"{SESSIONS}{each}/").status_code == 404
        assert other.get(ME).status_code == 200

    def test_ends_every_token_of_it(self, signed_in: Any) -> None:
        own, other = signed_in(), signed_in()
        (ended,) = (s["id"] for s in own.get(SESSIONS).json() if not s["is_current"])
        response = own.delete(f"{SESSIONS}{ended}/")
        assert (response.status_code, response.content) == (204, b"")
        response = other.get(ME)
        assert (response.status_code, response.json()) == (401, ENDED)
        refresh = {"refresh": other.tokens["refresh"]}
        assert APIClient().post(REFRESH, refresh).json() == ENDED
        assert APIClient().post(BLACKLIST, refresh).status_code == 401
        for token in other.tokens.values():
            assert APIClient().post(VERIFY, {"token": token}).json() == ENDED
        assert own.get(ME).status_code == 200

    def test_of_all_others_leaves_the_one_that_asks(self, signed_in: Any, browser: Client) -> None:
        own, other = signed_in(), signed_in()
        assert own.delete(SESSIONS).status_code == 204
        assert (own.get(ME).status_code, other.get(ME).status_code) == (200, 401)
        assert len(ids(own)) == 1
        assert not Session.objects.exists()
        assert browser.get(ME).status_code == 401


class TestLogOut:
    def test_ends_the_access_token_too(self, signed_in: Any) -> None:
        own, other = signed_in(), signed_in()
        response = APIClient().post(BLACKLIST, {"refresh": own.tokens["refresh"]})
        assert (response.status_code, response.json()) == (200, {})
        assert own.get("/store/products/").json() == ENDED
        assert other.get(ME).status_code == 200

    def test_everywhere_ends_tokens_and_browsers(self, signed_in: Any, browser: Client) -> None:
        own, other = signed_in(), signed_in()
        assert own.post(LOGOUT_ALL).status_code == 204
        for client in (own, other, browser):
            assert client.get(ME).status_code == 401
        assert not UserSession.objects.exists()

    def test_tokens_of_before_the_upgrade_work(self, ann: Any, signed_in: Any) -> None:
        old = RefreshToken.for_user(ann)
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"JWT {old.access_token}")
        assert client.get(ME).status_code == 200
        assert list(client.post(REFRESH, {"refresh": str(old)}).json()) == ["access"]
        assert [s["is_current"] for s in signed_in().get(SESSIONS).json()] == [True]
        assert client.post(LOGOUT_ALL).status_code == 204
        assert client.post(REFRESH, {"refresh": str(old)}).status_code == 401


class TestAccess:
    def test_takes_one_query_for_session_and_user(self, signed_in: Any) -> None:
        client = signed_in()
        client.get(ME)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(ME).json()["username"] == "ann"
        assert len(queries) == 1

    def test_by_get_writes_nothing(self, signed_in: Any) -> None:
        client = signed_in()
        long_ago = timezone.now() - timedelta(days=1)
        UserSession.objects.update(last_used_at=long_ago)
        with CaptureQueriesContext(connection) as queries:
            client.get(SESSIONS)
        assert {query["sql"].split()[0] for query in queries} == {"SELECT"}
        assert UserSession.objects.get().last_used_at == long_ago

    def test_by_a_refresh_is_recorded_once_a_minute(self, signed_in: Any) -> None:
        client = signed_in()
        refresh = {"refresh": client.tokens["refresh"]}
        first = UserSession.objects.get().last_used_at
        APIClient().post(REFRESH, refresh)
        assert UserSession.objects.get().last_used_at == first
        UserSession.objects.update(last_used_at=first - timedelta(minutes=2))
        APIClient().post(REFRESH, refresh)
        assert UserSession.objects.get().last_used_at > first

    def test_of_a_deleted_user_says_so(self, signed_in: Any) -> None:
        client = signed_in()
        get_user_model().objects.all().delete()
        assert client.get(ME).json()["code"] == "user_not_found"


class TestBrowser:
    def test_is_a_session_as_any(self, browser: Client) -> None:
        (session,) = browser.get(SESSIONS).json()
        assert (session["user_agent"], session["network"]) == ("Firefox", "203.0.113.0/24")
        assert session["is_current"]

    def test_signed_in_twice_is_one_session(self, browser: Client) -> None:
        browser.post("/api-auth/login/", {"username": "ann", "password": PASSWORD})
        assert len(ids(browser)) == 1

    def test_of_another_user_is_another_session(self, browser: Client, register: Any) -> None:
        register("bob")
        browser.post("/api-auth/login/", {"username": "bob", "password": PASSWORD})
        assert UserSession.objects.get().user.username == "bob"
        assert len(ids(browser)) == 1

    def test_signs_out(self, browser: Client) -> None:
        browser.post("/api-auth/logout/")
        assert not UserSession.objects.exists()

    def test_stays_where_its_own_password_changes(self, browser: Client, ann: Any) -> None:
        get_user_model().objects.update(is_staff=True)
        other = Client()
        other.force_login(ann)
        new = {
            "old_password": PASSWORD,
            **dict.fromkeys(["new_password1", "new_password2"], "n3w-One-x"),
        }
        assert browser.post("/admin/password_change/", new).status_code == 302
        assert len(ids(browser)) == 1
        assert other.get(ME).status_code == 401

    def test_is_ended_by_a_token(self, browser: Client, signed_in: Any) -> None:
        own = signed_in()
        (ended,) = (s["id"] for s in own.get(SESSIONS).json() if not s["is_current"])
        own.delete(f"{SESSIONS}{ended}/")
        assert browser.get(ME).status_code == 401


def test_what_ran_out_is_purged(signed_in: Any, browser: Client, client: Client, ann: Any) -> None:
    signed_in(), signed_in()
    client.force_login(ann)
    tokens = UserSession.objects.filter(session_key=None).order_by("pk")
    tokens.filter(pk=tokens[0].pk).update(expires_at=timezone.now() - timedelta(days=2))
    # An access token of the last moment outlives the refresh token.
    tokens.filter(pk=tokens[1].pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    Session.objects.filter(pk=browser.session.session_key).delete()
    assert purge_sessions() == 2
    assert UserSession.objects.count() == 2
