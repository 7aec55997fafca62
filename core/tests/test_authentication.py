"""A token whose signature was checked before is checked again in everything else."""

from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from core import authentication
from core.authentication import signed_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(register: Any) -> Any:
    return register("ann")


@pytest.fixture
def me(ann: Any) -> Any:
    """Ask who a token is, as often as one likes."""

    def me(token: Any) -> Any:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"JWT {token}")
        return client.get("/auth/users/me/")

    return me


@pytest.fixture(autouse=True)
def _forget() -> None:
    signed_token.cache.clear()


def test_a_signature_is_checked_once(me, ann, monkeypatch):
    token = str(AccessToken.for_user(ann))
    assert me(token).json()["username"] == "ann"
    checked = []
    monkeypatch.setattr(authentication, "AccessToken", lambda raw: checked.append(raw))
    assert me(token).json()["username"] == "ann"
    assert checked == []


def test_the_user_is_read_each_time_in_one_query(me, ann):
    token = str(AccessToken.for_user(ann))
    me(token)
    get_user_model().objects.filter(pk=ann.pk).update(first_name="Ann")
    with CaptureQueriesContext(connection) as queries:
        assert me(token).json()["first_name"] == "Ann"
    assert len(queries) == 1


class TestRefusal:
    def refused(self, response: Any, code: str) -> None:
        assert response.status_code == 401
        assert response.json()["code"] == code
        assert response.headers["WWW-Authenticate"].startswith("JWT")

    def test_once_it_has_expired(self, me, ann):
        token = AccessToken.for_user(ann)
        # Whole seconds: between one and two of them.
        token.set_exp(lifetime=timedelta(seconds=2))
        assert me(token).status_code == 200
        deadline = monotonic() + 10
        while (response := me(token)).status_code == 200:
            assert monotonic() < deadline
        self.refused(response, "token_not_valid")

    def test_with_another_end(self, me, ann):
        token = str(AccessToken.for_user(ann))
        assert me(token).status_code == 200
        other = AccessToken.for_user(get_user_model()(pk=ann.pk + 1, password=ann.password))
        body, signature = str(other).rsplit(".", 1)[0], token.rsplit(".", 1)[1]
        self.refused(me(f"{body}.{signature}"), "token_not_valid")

    def test_of_a_refresh_token(self, me, ann):
        self.refused(me(RefreshToken.for_user(ann)), "token_not_valid")
        self.refused(me(RefreshToken.for_user(ann)), "token_not_valid")

    def test_once_the_user_is_inactive(self, me, ann):
        token = AccessToken.for_user(ann)
        assert me(token).status_code == 200
        get_user_model().objects.filter(pk=ann.pk).update(is_active=False)
        self.refused(me(token), "user_inactive")

    def test_once_the_password_has_changed(self, me, ann):
        token = AccessToken.for_user(ann)
        assert me(token).status_code == 200
        ann.set_password("an-0ther-One")
        ann.save()
        self.refused(me(token), "password_changed")

    def test_once_the_user_is_gone(self, me, ann):
        token = AccessToken.for_user(ann)
        assert me(token).status_code == 200
        ann.delete()
        self.refused(me(token), "user_not_found")
