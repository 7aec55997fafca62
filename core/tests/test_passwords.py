import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from rest_framework.test import APIClient

from storefront.errors.problems import PROBLEM_JSON

from .conftest import PASSWORD

NEW = "an0ther-Str0ng-one"
REFUSED = {"token": ["Invalid token for given user."], "code": "invalid_token"}
USERS = "/auth/users/"
SET = "/auth/users/set_password/"
RESET = "/auth/users/reset_password/"
CONFIRM = "/auth/users/reset_password_confirm/"
REFRESH = "/auth/jwt/refresh/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def api_client(committing_client: APIClient) -> APIClient:
    return committing_client


@pytest.fixture
def user(register: Callable) -> Any:
    return register()


def link_of(mail: EmailMessage, page: str) -> dict[str, str]:
    found = re.search(rf"http://localhost:8001/{page}/(?P<uid>\w+)/(?P<token>[\w-]+)", mail.body)
    assert found
    return found.groupdict()


@pytest.fixture
def link(api_client: APIClient, user: Any, mailoutbox: list[EmailMessage]) -> dict[str, str]:
    api_client.post(RESET, {"email": "ann@example.com"})
    return link_of(mailoutbox[0], "password/reset/confirm")


class TestSetPassword:
    def test_sets_it_and_revokes_the_refresh_tokens(
        self, api_client: APIClient, user: Any, tokens_of: Callable
    ) -> None:
        old = tokens_of()
        api_client.credentials(HTTP_AUTHORIZATION=f"JWT {old['access']}")
        response = api_client.post(SET, {"current_password": PASSWORD, "new_password": NEW})
        assert (response.status_code, response.content) == (204, b"")
        api_client.credentials()
        assert api_client.post(REFRESH, {"refresh": old["refresh"]}).status_code == 401
        fresh = tokens_of(password=NEW)
        assert api_client.post(REFRESH, {"refresh": fresh["refresh"]}).status_code == 200

    @pytest.mark.parametrize(
        ("body", "errors"),
        [
            (
                {"current_password": "wrong", "new_password": NEW},
                {"current_password": ["Invalid password."]},
            ),
            (
                {"current_password": PASSWORD, "new_password": "password"},
                {"new_password": ["This password is too common."]},
            ),
            (
                {},
                {
                    "current_password": ["This field is required."],
                    "new_password": ["This field is required."],
                },
            ),
        ],
    )
    def test_refuses_a_wrong_or_weak_one(
        self, api_client: APIClient, sign_in: Callable, body: dict, errors: dict
    ) -> None:
        user = sign_in()
        response = api_client.post(SET, body)
        assert (response.status_code, response.json()) == (400, errors)
        user.refresh_from_db()
        assert user.check_password(PASSWORD)

    def test_needs_a_sign_in(self, api_client: APIClient) -> None:
        assert api_client.post(SET, {"new_password": NEW}).status_code == 401

    def test_one_set_in_the_admin_revokes_the_refresh_tokens(
        self, api_client: APIClient, user: Any, tokens_of: Callable, admin_client: Any
    ) -> None:
        refresh = tokens_of()["refresh"]
        passwords = {"password1": NEW, "password2": NEW, "usable_password": "true"}
        response = admin_client.post(f"/admin/core/user/{user.pk}/password/", passwords)
        assert response.status_code == 302
        assert api_client.post(REFRESH, {"refresh": refresh}).status_code == 401


class TestResetPassword:
    def test_mails_a_link_that_sets_a_new_password(
        self, api_client: APIClient, user: Any, tokens_of: Callable, mailoutbox: list[EmailMessage]
    ) -> None:
        refresh = tokens_of()["refresh"]
        response = api_client.post(RESET, {"email": "Ann@Example.com"})
        assert (response.status_code, response.content) == (204, b"")
        [mail] = mailoutbox
        assert mail.to == ["ann@example.com"]
        link = link_of(mail, "password/reset/confirm")
        response = api_client.post(CONFIRM, {**link, "new_password": NEW})
        assert (response.status_code, response.content) == (204, b"")
        tokens_of(password=NEW)
        assert api_client.post(REFRESH, {"refresh": refresh}).status_code == 401

    @pytest.mark.parametrize("email", ["nobody@example.com", "inactive@example.com"])
    def test_an_unknown_address_is_answered_alike_and_gets_no_mail(
        self, api_client: APIClient, register: Callable, mailoutbox: list, email: str
    ) -> None:
        register("inactive", is_active=False)
        response = api_client.post(RESET, {"email": email})
        assert (response.status_code, response.content) == (204, b"")
        assert mailoutbox == []

    def test_names_a_bad_address(self, api_client: APIClient, mailoutbox: list) -> None:
        response = api_client.post(RESET, {"email": "nobody"})
        assert response.status_code == 400
        assert response.json() == {"email": ["Enter a valid email address."]}

    def test_a_link_works_once(self, api_client: APIClient, link: dict[str, str]) -> None:
        assert api_client.post(CONFIRM, {**link, "new_password": NEW}).status_code == 204
        response = api_client.post(CONFIRM, {**link, "new_password": "a-third-Str0ng-one"})
        assert response.status_code == 400
        assert response.json() == REFUSED

    @pytest.mark.parametrize("door", ["jwt", "admin"])
    def test_a_sign_in_ends_a_link(
        self,
        api_client: APIClient,
        link: dict,
        user: Any,
        tokens_of: Callable,
        client: Any,
        door: str,
    ) -> None:
        if door == "jwt":
            tokens_of()
        else:
            client.force_login(user)
        response = api_client.post(CONFIRM, {**link, "new_password": NEW})
        assert (response.status_code, response.json()) == (400, REFUSED)
        user.refresh_from_db()
        assert user.check_password(PASSWORD)

    def test_a_link_serves_one_purpose(
        self, api_client: APIClient, link: dict, user: Any, mailoutbox: list
    ) -> None:
        renaming = f"{USERS}reset_username_confirm/"
        assert api_client.post(renaming, {**link, "new_username": "anna"}).status_code == 400
        api_client.post(f"{USERS}reset_username/", {"email": user.email})
        other = link_of(mailoutbox[-1], "username/reset/confirm")
        assert api_client.post(CONFIRM, {**other, "new_password": NEW}).status_code == 400
        user.refresh_from_db()
        assert (user.username, user.check_password(PASSWORD)) == ("ann", True)

    def test_a_bad_confirmation_is_named_and_changes_nothing(
        self, api_client: APIClient, link: dict, user: Any, subtests: pytest.Subtests
    ) -> None:
        nobody = {"uid": ["Invalid user id or user doesn't exist."]}
        for field, value, refused in [
            ("uid", "AA", nobody),
            ("uid", 1, nobody),
            ("token", "c8-nonsense", REFUSED),
            ("token", 1, REFUSED),
            ("new_password", "password", {"new_password": ["This password is too common."]}),
        ]:
            with subtests.test(field=field, value=value):
                body = {**link, "new_password": NEW, field: value}
                response = api_client.post(CONFIRM, body, format="json")
                assert (response.status_code, response.json()) == (400, refused)
                user.refresh_from_db()
                assert user.check_password(PASSWORD)

    def test_a_link_does_not_undo_that_staff_switched_the_account_off(
        self, api_client: APIClient, link: dict[str, str], user: Any
    ) -> None:
        get_user_model().objects.update(is_active=False)
        response = api_client.post("/auth/users/activation/", link)
        assert response.status_code == 400
        assert response.json() == REFUSED
        user.refresh_from_db()
        assert not user.is_active

    @pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com"])
    def test_a_refusal_of_activation_mails_says_why(
        self, api_client: APIClient, user: Any, mailoutbox: list[EmailMessage], email: str
    ) -> None:
        text = "Accounts are active from the start here; no activation mail is sent."
        url = f"{USERS}resend_activation/"
        response = api_client.post(url, {"email": email})
        assert response.status_code == 400
        assert response.json() == {"detail": text, "code": "activation_off"}
        problem = api_client.post(url, {"email": email}, headers={"accept": PROBLEM_JSON})
        assert problem["Content-Type"] == PROBLEM_JSON
        assert problem.json()["detail"] == text
        assert mailoutbox == []


class TestUsername:
    def test_is_set_with_the_password(self, api_client: APIClient, sign_in: Callable) -> None:
        user = sign_in()
        body = {"current_password": PASSWORD, "new_username": "anna"}
        response = api_client.post(f"{USERS}set_username/", body)
        assert (response.status_code, response.content) == (204, b"")
        user.refresh_from_db()
        assert user.username == "anna"

    @pytest.mark.parametrize(
        ("body", "errors"),
        [
            ({"current_password": "wrong"}, {"current_password": ["Invalid password."]}),
            (
                {"new_username": "bob"},
                {"new_username": ["A user with that username already exists."]},
            ),
        ],
    )
    def test_is_kept_on_a_refusal(
        self, api_client: APIClient, sign_in: Callable, register: Callable, body: dict, errors: dict
    ) -> None:
        register("bob")
        user = sign_in()
        body = {"current_password": PASSWORD, "new_username": "anna", **body}
        response = api_client.post(f"{USERS}set_username/", body)
        assert (response.status_code, response.json()) == (400, errors)
        user.refresh_from_db()
        assert user.username == "ann"

    def test_is_reset_with_a_mailed_link(
        self, api_client: APIClient, user: Any, mailoutbox: list[EmailMessage]
    ) -> None:
        assert api_client.post(f"{USERS}reset_username/", {"email": user.email}).status_code == 204
        body = {**link_of(mailoutbox[0], "username/reset/confirm"), "new_username": "anna"}
        response = api_client.post(f"{USERS}reset_username_confirm/", body)
        assert (response.status_code, response.content) == (204, b"")
        user.refresh_from_db()
        assert user.username == "anna"
