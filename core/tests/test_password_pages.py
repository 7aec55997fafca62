"""Staff who forgot their password get a new one on the shop's own pages."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.messages import get_messages
from django.core.mail import EmailMessage
from django.test import Client, TestCase

from core.links import RESET_PASSWORD, encode_uid
from core.models import User, UserSession
from outbox.models import Mail

from .passwords import PASSWORD
from .second_factors import code_of, set_up

ASK, CONFIRM, LOGIN = "/admin/password_reset/", "/admin/password_reset/confirm/", "/admin/login/"
API_ASK = "/auth/users/reset_password/"
NEW = "an0ther-Str0ng-one"
PASSWORDS = {"new_password1": NEW, "new_password2": NEW}
SHOP = "https://shop.example.com"

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _shop_url(settings: Any) -> None:
    settings.SHOP_URL = SHOP


@pytest.fixture
def ann(register: Callable[..., Any], mailoutbox: list[EmailMessage]) -> Any:
    ann = register("ann", is_staff=True)
    mailoutbox.clear()
    return ann


@pytest.fixture
def link(ann: Any) -> dict[str, str]:
    return {"uid": encode_uid(ann.pk), "token": RESET_PASSWORD.make_token(ann)}


def ask(email: str, client: Client | None = None, **extra: Any) -> Any:
    return post(client or Client(), ASK, {"email": email}, **extra)


def confirm(link: dict[str, str], client: Client | None = None, **passwords: str) -> Any:
    return post(client or Client(), CONFIRM, {**PASSWORDS, **passwords}, query_params=link)


def post(client: Client, path: str, fields: dict[str, str], **extra: Any) -> Any:
    # A mail leaves once the request has committed.
    with TestCase.captureOnCommitCallbacks(execute=True):
        return client.post(path, fields, **extra)


def words(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


class TestAsking:
    @pytest.mark.parametrize("email", ["nobody@example.com", "bob@example.com", "off@example.com"])
    def test_tells_nobody_whose_address_it_is(
        self, ann: Any, register: Callable[..., Any], mailoutbox: list[EmailMessage], email: str
    ) -> None:
        register("bob"), register("off", is_staff=True, is_active=False)
        mailoutbox.clear()
        known, other = ask("ann@example.com"), ask(email)
        for response in (known, other):
            assert (response.status_code, response.url) == (302, LOGIN)
        assert words(known) == words(other)
        assert [mail.to for mail in mailoutbox] == [["ann@example.com"]]

    def test_names_a_bad_address(self, mailoutbox: list[EmailMessage]) -> None:
        response = ask("nobody")
        assert response.context["form"].errors == {"email": ["Enter a valid email address."]}
        assert mailoutbox == []

    def test_counts_with_the_api_what_is_mailed_to_an_address(
        self, ann: Any, settings: Any, client: Client, mailoutbox: list[EmailMessage]
    ) -> None:
        settings.RATES = {"mails": [(2, 3600)]}
        post(client, API_ASK, {"email": "ann@example.com"})
        assert ask("Ann@Example.com").status_code == 302
        response = ask("ann@example.com", REMOTE_ADDR="192.0.2.7")
        assert response.status_code == 429
        assert 3590 <= int(response["Retry-After"]) <= 3600
        assert "Please try again in 60 minutes." in response.text
        assert len(mailoutbox) == 2

    @pytest.mark.parametrize("path", [ASK, CONFIRM])
    def test_counts_with_the_api_what_a_network_tries(
        self, link: dict[str, str], settings: Any, path: str, ann: Any
    ) -> None:
        settings.CREDENTIALS_RATE = (1, 60)
        assert Client().post(API_ASK, {"email": "x@example.com"}).status_code == 204
        response = Client().post(path, {"email": "a@example.com", **PASSWORDS}, query_params=link)
        assert response.status_code == 429
        assert User.objects.get(pk=ann.pk).check_password(PASSWORD)

    def test_needs_the_token_of_its_form(self, ann: Any) -> None:
        assert ask("ann@example.com", Client(enforce_csrf_checks=True)).status_code == 403
        assert not Mail.objects.exists()

    def test_mails_a_link_to_the_shop_whatever_host_is_asked(
        self, ann: Any, mailoutbox: list[EmailMessage]
    ) -> None:
        ask(" Ann@Example.com ", headers={"Host": "localhost"})
        [mail] = mailoutbox
        [address] = re.findall(r"https?://\S+", str(mail.body))
        assert mail.subject == "Password reset on Storefront"
        assert address.startswith(f"{SHOP}{CONFIRM}?uid=")
        link = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert Client().get(CONFIRM, query_params=link).status_code == 200

    def test_leads_to_the_front_end_where_the_shop_has_no_address(
        self, ann: Any, settings: Any, mailoutbox: list[EmailMessage]
    ) -> None:
        settings.SHOP_URL = ""
        ask("ann@example.com")
        assert "http://localhost:8001/password/reset/confirm/" in str(mailoutbox[0].body)

    def test_is_linked_from_the_sign_in(self, client: Client) -> None:
        assert f'<a href="{ASK}">Forgotten your password?</a>' in client.get(LOGIN).text


class TestConfirming:
    @pytest.mark.parametrize(
        "wrong", [{"token": "c8-nonsense"}, {"uid": "AA"}, {"uid": "é"}, {"token": ""}]
    )
    def test_a_wrong_link_is_refused(
        self, ann: Any, link: dict[str, str], wrong: dict[str, str]
    ) -> None:
        for response in (Client().get(CONFIRM, query_params=link | wrong), confirm(link | wrong)):
            assert response.status_code == 400
            assert "Ask for another one" in response.text
        assert User.objects.get().check_password(PASSWORD)

    def test_a_bad_password_is_named(self, ann: Any, link: dict[str, str]) -> None:
        response = confirm(link, new_password1="password", new_password2="password")
        errors = {"new_password2": ["This password is too common."]}
        assert response.context["form"].errors == errors
        response = confirm(link, new_password2="an0ther")
        assert "didn’t match" in str(response.context["form"].errors)
        response = confirm(link, **dict.fromkeys(PASSWORDS, "a-Str0ng-" * 500))
        assert "at most 4096 characters" in str(response.context["form"].errors)
        assert User.objects.get().check_password(PASSWORD)

    def test_a_link_works_once(self, ann: Any, link: dict[str, str]) -> None:
        assert confirm(link).status_code == 302
        again = confirm(link, **dict.fromkeys(PASSWORDS, "a-third-Str0ng-one"))
        assert again.status_code == 400
        assert User.objects.get().check_password(NEW)

    def test_a_new_password_ends_every_sign_in_and_is_told(
        self, ann: Any, client: Client, mailoutbox: list[EmailMessage]
    ) -> None:
        client.force_login(ann)
        ann.refresh_from_db()
        link = {"uid": encode_uid(ann.pk), "token": RESET_PASSWORD.make_token(ann)}
        mailoutbox.clear()
        response = confirm(link)
        assert (response.status_code, response.url) == (302, LOGIN)
        assert client.get("/admin/").status_code == 302
        assert not UserSession.objects.of(User.objects.get()).exists()
        assert [mail.subject for mail in mailoutbox] == [
            "Storefront - Your password has been successfully changed!"
        ]
        sign_in = {"username": "ann", "password": NEW}
        assert client.post(LOGIN, sign_in).status_code == 302

    def test_the_second_factor_is_still_asked_for(self, ann: Any, link: dict[str, str]) -> None:
        device, _ = set_up(ann)
        client = Client()
        assert confirm(link, client).status_code == 302
        assert client.get("/admin/").url == f"{LOGIN}?next=/admin/"
        sign_in = {"username": "ann", "password": NEW}
        assert "needed as well" in client.post(LOGIN, sign_in).text
        assert client.post(LOGIN, {**sign_in, "otp": code_of(device)}).status_code == 302
