from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from .conftest import PASSWORD

CREATE = "/auth/jwt/create/"
REFRESH = "/auth/jwt/refresh/"
VERIFY = "/auth/jwt/verify/"
BLACKLIST = "/auth/jwt/blacklist/"
LOGOUT_ALL = "/auth/jwt/logout_all/"
ME = "/auth/users/me/"
NO_ACCOUNT = {"detail": "No active account found with the given credentials"}
REQUIRED = ["This field is required."]

pytestmark = pytest.mark.django_db


def delete(user: Any) -> None:
    user.delete()


def deactivate(user: Any) -> None:
    user.is_active = False
    user.save()


def change_password(user: Any) -> None:
    user.set_password("an0ther-Str0ng-one")
    user.save()


AWAY = pytest.mark.parametrize("change", [delete, deactivate, change_password])


@pytest.fixture
def user(register: Callable) -> Any:
    return register()


@pytest.fixture
def tokens(user: Any, tokens_of: Callable) -> dict[str, str]:
    return tokens_of()


def expired(token: Any) -> str:
    token.set_exp(lifetime=-timedelta(seconds=1))
    return str(token)


class TestCreate:
    def test_answers_with_two_tokens(self, api_client: APIClient, user: Any) -> None:
        response = api_client.post(CREATE, {"username": "ann", "password": PASSWORD})
        assert response.status_code == 200
        assert list(response.json()) == ["refresh", "access"]

    def test_nobody_learns_whether_there_is_an_account(
        self, api_client: APIClient, register: Callable
    ) -> None:
        register("ann")
        register("bob", is_active=False)
        tries = [("nobody", PASSWORD), ("ann", "wrong"), ("bob", PASSWORD), ("bob", "wrong")]
        for username, password in tries:
            response = api_client.post(CREATE, {"username": username, "password": password})
            assert response.status_code == 401
            assert response.json() == NO_ACCOUNT
            assert response["WWW-Authenticate"] == 'JWT realm="api"'

    def test_names_the_missing_fields(self, api_client: APIClient) -> None:
        response = api_client.post(CREATE, {})
        assert response.status_code == 400
        assert response.json() == {"username": REQUIRED, "password": REQUIRED}


class TestRefresh:
    def test_answers_with_a_new_access_token(
        self, api_client: APIClient, tokens: dict[str, str]
    ) -> None:
        response = api_client.post(REFRESH, {"refresh": tokens["refresh"]})
        assert response.status_code == 200
        assert list(response.json()) == ["access"]
        api_client.credentials(HTTP_AUTHORIZATION=f"JWT {response.json()['access']}")
        assert api_client.get(ME).status_code == 200

    @AWAY
    def test_refuses_who_is_gone_inactive_or_has_a_new_password(
        self, api_client: APIClient, user: Any, tokens: dict[str, str], change: Callable
    ) -> None:
        change(user)
        response = api_client.post(REFRESH, {"refresh": tokens["refresh"]})
        assert response.status_code == 401
        assert "access" not in response.json()

    def test_refuses_garbage_expired_and_access_tokens(
        self, api_client: APIClient, user: Any, tokens: dict[str, str]
    ) -> None:
        outdated = expired(RefreshToken.for_user(user))
        forged = tokens["refresh"][:-4] + "AAAA"
        for token in ("garbage", "a.b.c", outdated, forged, tokens["access"]):
            response = api_client.post(REFRESH, {"refresh": token})
            assert response.status_code == 401
            assert response.json()["code"] == "token_not_valid"

    def test_names_the_missing_field(self, api_client: APIClient) -> None:
        response = api_client.post(REFRESH, {})
        assert (response.status_code, response.json()) == (400, {"refresh": REQUIRED})


class TestVerify:
    @pytest.mark.parametrize("kind", ["access", "refresh"])
    def test_accepts_a_good_token(
        self, api_client: APIClient, tokens: dict[str, str], kind: str
    ) -> None:
        response = api_client.post(VERIFY, {"token": tokens[kind]})
        assert (response.status_code, response.json()) == (200, {})

    @AWAY
    @pytest.mark.parametrize("kind", ["access", "refresh"])
    def test_refuses_who_is_gone_inactive_or_has_a_new_password(
        self, api_client: APIClient, user: Any, tokens: dict[str, str], change: Callable, kind: str
    ) -> None:
        change(user)
        assert api_client.post(VERIFY, {"token": tokens[kind]}).status_code == 401

    def test_refuses_garbage_and_expired_tokens(self, api_client: APIClient, user: Any) -> None:
        outdated = expired(RefreshToken.for_user(user)), expired(AccessToken.for_user(user))
        for token in ("garbage", *outdated):
            assert api_client.post(VERIFY, {"token": token}).status_code == 401

    def test_names_the_missing_field(self, api_client: APIClient) -> None:
        response = api_client.post(VERIFY, {})
        assert (response.status_code, response.json()) == (400, {"token": REQUIRED})


class TestAuthorizationHeader:
    def test_takes_both_schemes_in_any_case_of_letters(
        self, api_client: APIClient, tokens: dict[str, str], subtests: pytest.Subtests
    ) -> None:
        for prefix in ["JWT ", "Bearer ", "jwt ", "bearer ", "BEARER ", " Jwt   ", "bearer\t"]:
            with subtests.test(prefix=prefix):
                api_client.credentials(HTTP_AUTHORIZATION=f"{prefix}{tokens['access']} ")
                response = api_client.get(ME)
                assert response.status_code == 200
                assert response.json()["username"] == "ann"

    @pytest.mark.parametrize(
        ("method", "url"),
        [
            ("get", "/store/products/"),
            ("post", "/store/carts/"),
            ("get", "/tags/"),
            ("post", CREATE),
        ],
    )
    def test_a_bad_token_is_refused_even_where_everybody_may(
        self, api_client: APIClient, method: str, url: str, subtests: pytest.Subtests
    ) -> None:
        for header in [
            "JWT garbage",
            "Bearer a.b.c",
            "JWT",
            "JWT two words",
            "bearer rubbish",
            "jwt",
            "JWT\tx",
        ]:
            with subtests.test(header=header):
                api_client.credentials(HTTP_AUTHORIZATION=header)
                response = getattr(api_client, method)(url)
                if url == CREATE:
                    # Signing in is how a client with an old token gets a new one.
                    assert response.status_code == 400
                else:
                    assert response.status_code == 401
                    assert response["WWW-Authenticate"] == 'JWT realm="api"'

    @AWAY
    def test_an_old_access_token_is_refused(
        self, api_client: APIClient, user: Any, tokens: dict[str, str], change: Callable
    ) -> None:
        change(user)
        api_client.credentials(HTTP_AUTHORIZATION=f"JWT {tokens['access']}")
        assert api_client.get("/store/products/").status_code == 401

    def test_an_expired_and_a_refresh_token_are_refused(
        self, api_client: APIClient, user: Any, tokens: dict[str, str]
    ) -> None:
        for token in (expired(AccessToken.for_user(user)), tokens["refresh"]):
            api_client.credentials(HTTP_AUTHORIZATION=f"JWT {token}")
            assert api_client.get("/store/products/").status_code == 401


class TestBlacklist:
    def test_revokes_this_refresh_token_only(
        self, api_client: APIClient, tokens: dict[str, str], tokens_of: Callable
    ) -> None:
        other = tokens_of()
        response = api_client.post(BLACKLIST, {"refresh": tokens["refresh"]})
        assert (response.status_code, response.json()) == (200, {})
        for url, name in ((REFRESH, "refresh"), (VERIFY, "token"), (BLACKLIST, "refresh")):
            assert api_client.post(url, {name: tokens["refresh"]}).status_code == 401
        assert api_client.post(REFRESH, {"refresh": other["refresh"]}).status_code == 200

    def test_refuses_garbage(self, api_client: APIClient) -> None:
        assert api_client.post(BLACKLIST, {"refresh": "garbage"}).status_code == 401


class TestLogoutAll:
    def test_revokes_every_refresh_token_of_the_user(
        self, api_client: APIClient, tokens: dict[str, str], register: Callable, tokens_of: Callable
    ) -> None:
        register("bob")
        second, other = tokens_of(), tokens_of("bob")
        api_client.credentials(HTTP_AUTHORIZATION=f"JWT {tokens['access']}")
        response = api_client.post(LOGOUT_ALL)
        assert (response.status_code, response.content) == (204, b"")
        api_client.credentials()
        for revoked in (tokens, second):
            assert api_client.post(REFRESH, {"refresh": revoked["refresh"]}).status_code == 401
        assert api_client.post(REFRESH, {"refresh": other["refresh"]}).status_code == 200

    def test_can_be_repeated_and_lets_the_user_sign_in_again(
        self, api_client: APIClient, user: Any, tokens_of: Callable
    ) -> None:
        tokens_of()
        api_client.force_authenticate(user)
        assert [api_client.post(LOGOUT_ALL).status_code for _ in range(2)] == [204, 204]
        fresh = tokens_of()
        assert api_client.post(REFRESH, {"refresh": fresh["refresh"]}).status_code == 200

    def test_needs_a_sign_in(self, api_client: APIClient, tokens: dict[str, str]) -> None:
        assert api_client.post(LOGOUT_ALL).status_code == 401
        assert api_client.post(REFRESH, {"refresh": tokens["refresh"]}).status_code == 200
