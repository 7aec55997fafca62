"""An account has an address once a link that was mailed to it was followed."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.utils import timezone
from rest_framework.test import APIClient

from core.links import RESET_PASSWORD, VERIFY_EMAIL, encode_uid
from outbox.models import Mail

from .conftest import PASSWORD

USERS = "/auth/users/"
ME = "/auth/users/me/"
VERIFY = "/auth/users/verify_email/"
RESEND = "/auth/users/resend_verification/"
CHANGE = {"email": "New@Example.com", "current_password": PASSWORD}
REGISTRATION = {"username": "ann", "password": PASSWORD, "email": "ann@example.com"}
TAKEN = "A user with that email address already exists."
REFUSED = {"token": ["Invalid token for given user."], "code": "invalid_token"}
User = get_user_model()

pytestmark = pytest.mark.django_db


@pytest.fixture
def api_client(committing_client: APIClient) -> APIClient:
    return committing_client


def codes_in(mail: EmailMessage) -> dict[str, str]:
    found = re.search(r"http://localhost:8001/activate/(?P<uid>\w+)/(?P<token>[\w-]+)", mail.body)
    assert found
    return found.groupdict()


class TestChange:
    @pytest.mark.parametrize("method", ["put", "patch"])
    def test_takes_effect_once_the_link_is_followed(
        self, api_client: APIClient, sign_in: Callable, mailoutbox: list, method: str
    ) -> None:
        user = sign_in()
        body = {**CHANGE, "first_name": "Ann"}
        response = getattr(api_client, method)(ME, body, format="json")
        assert response.status_code == 200
        assert response.json() == api_client.get(ME).json()
        assert response.json() == {
            "id": user.pk,
            "username": "ann",
            "email": "ann@example.com",
            "first_name": "Ann",
            "last_name": "",
            "pending_email": "new@example.com",
        }

        assert api_client.post(VERIFY, codes_in(mailoutbox[0])).status_code == 204

        user.refresh_from_db()
        assert (user.email, user.pending_email) == ("new@example.com", None)
        assert user.email_verified_at
        assert [mail.to for mail in mailoutbox] == [
            ["new@example.com"],
            ["ann@example.com"],
            ["ann@example.com"],
        ]
        assert not any("new@example.com" in mail.body for mail in mailoutbox)

    @pytest.mark.parametrize("email", ["new@example.com", "bob@example.com"])
    @pytest.mark.parametrize(
        ("password", "message"),
        [({}, "This field is required."), ({"current_password": "wrong"}, "Invalid password.")],
    )
    def test_needs_the_password_before_it_tells_what_is_taken(
        self,
        api_client: APIClient,
        sign_in: Callable,
        register: Callable,
        email: str,
        password: dict,
        message: str,
    ) -> None:
        register("bob")
        user = sign_in()
        body = {"email": email, "first_name": "Eve", **password}
        response = api_client.patch(ME, body, format="json")
        assert (response.status_code, response.json()) == (400, {"current_password": [message]})
        user.refresh_from_db()
        assert (user.pending_email, user.first_name) == (None, "")
        assert not Mail.objects.exists()

    @pytest.mark.parametrize("email", ["bob@example.com", "BOB@Example.com"])
    def test_is_refused_for_the_address_of_another(
        self, api_client: APIClient, sign_in: Callable, register: Callable, email: str
    ) -> None:
        register("bob")
        user = sign_in()
        response = api_client.patch(ME, {**CHANGE, "email": email}, format="json")
        assert (response.status_code, response.json()) == (400, {"email": [TAKEN]})
        user.refresh_from_db()
        assert user.pending_email is None
        assert not Mail.objects.exists()

    def test_a_password_alone_changes_nothing(
        self, api_client: APIClient, sign_in: Callable
    ) -> None:
        sign_in()
        response = api_client.patch(ME, {"current_password": PASSWORD}, format="json")
        assert response.status_code == 400
        assert list(response.json()) == ["non_field_errors"]

    def test_is_withdrawn_by_the_present_address_and_the_password(
        self, api_client: APIClient, sign_in: Callable, mailoutbox: list
    ) -> None:
        sign_in()
        api_client.patch(ME, CHANGE, format="json")
        present = {"email": "ann@example.com"}
        # As a form that shows all fields sends it, whatever it is about.
        assert "pending_email" in api_client.put(ME, present, format="json").json()
        body = {**present, "current_password": PASSWORD}
        assert "pending_email" not in api_client.patch(ME, body, format="json").json()
        assert api_client.post(VERIFY, codes_in(mailoutbox[0])).status_code == 400

    def test_of_two_who_confirm_one_address_the_second_is_refused(
        self, api_client: APIClient, register: Callable, mailoutbox: list
    ) -> None:
        users = [register("ann"), register("bob")]
        for user in users:
            api_client.force_authenticate(user)
            assert api_client.patch(ME, CHANGE, format="json").status_code == 200
        codes = [codes_in(mail) for mail in mailoutbox if mail.to == ["new@example.com"]]

        answers = [api_client.post(VERIFY, each).status_code for each in codes]

        assert answers == [204, 400]
        assert [User.objects.get(pk=user.pk).email for user in users] == [
            "new@example.com",
            "bob@example.com",
        ]

    def test_a_new_password_withdraws_it(
        self, api_client: APIClient, sign_in: Callable, mailoutbox: list
    ) -> None:
        user = sign_in()
        api_client.patch(ME, CHANGE, format="json")
        user.set_password("an0ther-Str0ng-one")
        user.save()
        response = api_client.post(VERIFY, codes_in(mailoutbox[0]))
        assert (response.status_code, response.json()) == (400, REFUSED)
        user.refresh_from_db()
        assert (user.email, user.pending_email) == ("ann@example.com", None)

    def test_ends_the_links_that_were_mailed_to_the_address_before(
        self, api_client: APIClient, sign_in: Callable, mailoutbox: list
    ) -> None:
        user = sign_in()
        old = RESET_PASSWORD.make_token(user)
        api_client.patch(ME, CHANGE, format="json")
        user.refresh_from_db()
        assert RESET_PASSWORD.check_token(user, old)
        api_client.post(VERIFY, codes_in(mailoutbox[0]))
        user.refresh_from_db()
        assert not RESET_PASSWORD.check_token(user, old)

    def test_by_staff_takes_effect_likewise(
        self, api_client: APIClient, sign_in: Callable, register: Callable
    ) -> None:
        other = register("bob")
        sign_in(is_superuser=True, is_staff=True)
        url = f"{USERS}{other.pk}/"
        assert api_client.patch(url, {"email": "new@example.com"}).status_code == 400
        assert api_client.patch(url, CHANGE).json()["pending_email"] == "new@example.com"
        other.refresh_from_db()
        assert other.email == "bob@example.com"

    def test_in_the_admin_takes_effect_likewise(
        self, register: Callable, admin_client: Any, mailoutbox: list
    ) -> None:
        user = register()
        url = f"/admin/core/user/{user.pk}/change/"
        form = admin_client.get(url).context["adminform"].form
        values = {name: form.get_initial_for_field(form.fields[name], name) for name in form.fields}
        filled = {name: value for name, value in values.items() if value and name != "password"}
        filled |= {"date_joined_0": "2020-01-01", "date_joined_1": "10:00:00"}
        body = filled | {"email": "new@example.com", "username": "anna"}
        assert admin_client.post(url, body).status_code == 302
        user.refresh_from_db()
        assert (user.username, user.email) == ("anna", "ann@example.com")
        assert user.pending_email == "new@example.com"
        told = Mail.objects.order_by("pk").values_list("recipient", flat=True)
        assert list(told) == ["new@example.com", "ann@example.com", "ann@example.com"]


class TestVerification:
    @pytest.mark.parametrize("path", ["verify_email/", "activation/"])
    def test_confirms_the_address_of_who_registers(
        self, api_client: APIClient, mailoutbox: list, path: str
    ) -> None:
        api_client.post(USERS, REGISTRATION)
        assert User.objects.get().email_verified_at is None
        response = api_client.post(USERS + path, codes_in(mailoutbox[0]))
        assert (response.status_code, response.content) == (204, b"")
        assert User.objects.get().email_verified_at
        assert api_client.post(USERS + path, codes_in(mailoutbox[0])).status_code == 400

    def test_is_refused_alike_for_every_account(
        self, api_client: APIClient, register: Callable, subtests: pytest.Subtests
    ) -> None:
        user = register()
        gone = register("gone", is_active=False)
        right = VERIFY_EMAIL.make_token(user)
        for uid, token in [
            (encode_uid(user.pk), "c8-nonsense"),
            (encode_uid(user.pk), RESET_PASSWORD.make_token(user)),
            (encode_uid(user.pk), right + "0"),
            (encode_uid(user.pk), "é"),
            (encode_uid(gone.pk), VERIFY_EMAIL.make_token(gone)),
            (encode_uid(10**12), right),
            (encode_uid(10**30), right),
            ("²", right),
            ("AA", right),
        ]:
            with subtests.test(uid=uid, token=token):
                response = api_client.post(VERIFY, {"uid": uid, "token": token}, format="json")
                assert (response.status_code, response.json()) == (400, REFUSED)
                assert not User.objects.exclude(email_verified_at=None).exists()

    def test_can_be_switched_off(
        self, api_client: APIClient, settings: Any, mailoutbox: list
    ) -> None:
        settings.SEND_VERIFICATION_MAIL = False
        assert api_client.post(USERS, REGISTRATION).status_code == 201
        assert mailoutbox == []

    def test_is_mailed_again_where_there_is_something_to_confirm(
        self, api_client: APIClient, register: Callable, mailoutbox: list
    ) -> None:
        register()
        register("bob", email_verified_at=timezone.now())
        register("gone", is_active=False)
        for name in ("ann", "bob", "gone", "nobody"):
            response = api_client.post(RESEND, {"email": f"{name}@Example.com"})
            assert (response.status_code, response.content) == (204, b"")
        assert [mail.to for mail in mailoutbox] == [["ann@example.com"]]
        assert api_client.post(VERIFY, codes_in(mailoutbox[0])).status_code == 204

    def test_a_link_is_dead_after_its_time(self, register: Callable, monkeypatch: Any) -> None:
        user = register()
        made = {tokens: tokens.make_token(user) for tokens in (VERIFY_EMAIL, RESET_PASSWORD)}
        now = timezone.now()
        for tokens, token in made.items():
            late = (now + tokens.lifetime + timedelta(seconds=5)).timestamp()
            assert tokens.check_token(user, token)
            with monkeypatch.context() as patch:
                patch.setattr("core.links.time", lambda late=late: late)
                assert not tokens.check_token(user, token)


@pytest.mark.django_db(transaction=True)
def test_accounts_from_before_the_upgrade_count_as_confirmed(register: Callable) -> None:
    register("old")
    register("nobody", email="")
    try:
        call_command("migrate", "core", "0003", verbosity=0)
    finally:
        call_command("migrate", "core", verbosity=0)
    confirmed = User.objects.filter(email_verified_at__isnull=False)
    assert list(confirmed.values_list("username", flat=True)) == ["old"]
