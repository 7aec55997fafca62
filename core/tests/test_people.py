"""A token's request goes past sessions and messages; all others, and all pages, go through them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from rest_framework.test import APIClient

from .conftest import PASSWORD

pytestmark = pytest.mark.django_db

ME = "/auth/users/me/"


@pytest.fixture
def staff(register: Callable) -> Any:
    user = register()
    get_user_model().objects.update(is_staff=True, is_superuser=True)
    return user


@pytest.fixture
def browser(staff: Any) -> Client:
    """A browser in which somebody of the staff is signed in to the admin."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(staff)
    return browser


class TestRefusals:
    @pytest.mark.parametrize("header", ["JWT nonsense", "Bearer a.b.c", "JWT ", "JWT a b"])
    def test_a_wrong_token_is_no_session(self, browser: Client, header: str) -> None:
        assert browser.get(ME, headers={"authorization": header}).status_code == 401

    def test_a_page_takes_no_token(
        self, api_client: APIClient, staff: Any, tokens_of: Callable
    ) -> None:
        api_client.credentials(HTTP_AUTHORIZATION=f"JWT {tokens_of()['access']}")
        answer = api_client.get("/admin/")
        assert (answer.status_code, answer["Location"]) == (302, "/admin/login/?next=/admin/")

    def test_a_form_is_not_taken_with_a_token_alone(
        self, browser: Client, staff: Any, tokens_of: Callable
    ) -> None:
        header = {"authorization": f"JWT {tokens_of()['access']}"}
        names = {"username": "ann", "password": PASSWORD}
        assert browser.post("/admin/login/", names, headers=header).status_code == 403

    def test_a_session_writes_with_the_token_of_its_forms_alone(self, browser: Client) -> None:
        answer = browser.patch(ME, {"first_name": "Kim"}, content_type="application/json")
        assert answer.status_code == 403
        assert get_user_model().objects.get().first_name != "Kim"


def test_a_token_needs_no_session(
    api_client: APIClient, staff: Any, tokens_of: Callable, django_assert_num_queries: Any
) -> None:
    api_client.credentials(HTTP_AUTHORIZATION=f"JWT {tokens_of()['access']}")
    request = api_client.get(ME).wsgi_request
    assert request.user.username == "ann"
    assert not any(hasattr(request, name) for name in ("session", "_messages"))


@pytest.mark.parametrize("header", ["", "Basic YW5uOmFubg==", "jwt lower"])
def test_a_session_reads_where_there_is_no_token(browser: Client, header: str) -> None:
    answer = browser.get(ME, headers={"authorization": header} if header else {})
    assert (answer.status_code, answer.json()["username"]) == (200, "ann")


def test_a_token_goes_before_a_session(
    browser: Client, register: Callable, tokens_of: Callable
) -> None:
    register(username="bob", email="bob@example.com")
    access = tokens_of("bob")["access"]
    answer = browser.get(ME, headers={"authorization": f"JWT {access}", "accept": "text/html"})
    assert (answer.status_code, b"bob@example.com" in answer.content) == (200, True)
