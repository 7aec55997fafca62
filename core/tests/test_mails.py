"""The mails of accounts go through the outbox, whatever state the mail server is in."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from outbox.models import Mail
from outbox.services import send_due_mails

pytestmark = pytest.mark.django_db

USERS = "/auth/users/"
NEW = "an0ther-Str0ng-one"
User = get_user_model()


class TestReset:
    @pytest.mark.parametrize("path", ["reset_password/", "reset_username/"])
    def test_a_dead_mail_server_shows_nobody_whose_address_is_known(
        self, committing_client: APIClient, register: Any, smtp_server: Any, path: str
    ) -> None:
        register()
        smtp_server.stop()
        responses = [
            committing_client.post(USERS + path, {"email": f"{name}@example.com"})
            for name in ("ann", "nobody")
        ]

        assert [(response.status_code, response.content) for response in responses] == [
            (204, b"")
        ] * 2
        assert responses[0].headers.keys() == responses[1].headers.keys()
        assert Mail.objects.get().attempts == 1

    def test_the_mail_comes_once_the_server_is_back(
        self, committing_client: APIClient, register: Any, smtp_server: Any
    ) -> None:
        register()
        smtp_server.stop()
        committing_client.post(f"{USERS}reset_password/", {"email": "ann@example.com"})
        smtp_server.start()
        queued = Mail.objects.get()
        assert queued.due_at
        Mail.objects.update(due_at=queued.queued_at)

        send_due_mails()

        [letter] = smtp_server.received
        assert letter.recipients == ["ann@example.com"]
        assert letter.message["Subject"] == "Password reset on Storefront"
        for kind in ("plain", "html"):
            body = letter.message.get_body([kind])
            assert body
            assert "http://localhost:8001/password/reset/confirm/" in body.get_content()

    def test_the_link_does_not_stay_in_the_database(
        self, committing_client: APIClient, register: Any, smtp_server: Any
    ) -> None:
        register()

        committing_client.post(f"{USERS}reset_password/", {"email": "ann@example.com"})

        mail = Mail.objects.get()
        assert (mail.subject, mail.text, mail.html) == ("Password reset on Storefront", "", "")


def test_a_registration_is_answered_with_a_mail(
    committing_client: APIClient, smtp_server: Any
) -> None:
    body = {"username": "ann", "email": "ann@example.com", "password": "a-Str0ng-one"}

    assert committing_client.post(USERS, body).status_code == 201

    [letter] = smtp_server.received
    assert letter.message["Subject"] == "Confirm your e-mail address for Storefront"
    assert letter.recipients == ["ann@example.com"]


@pytest.mark.parametrize("name", ["password", "username"])
def test_a_change_is_told_by_mail(
    committing_client: APIClient, register: Any, smtp_server: Any, name: str
) -> None:
    committing_client.force_authenticate(register())
    body = {"current_password": "a-Str0ng-one", f"new_{name}": "an0ther-Str0ng-one"}

    assert committing_client.post(f"{USERS}set_{name}/", body).status_code == 204

    [letter] = smtp_server.received
    assert letter.recipients == ["ann@example.com"]
    assert f"Your {name} has been successfully changed" in letter.message["Subject"]


def test_a_change_in_the_admin_is_told_by_mail(register: Any, admin_client: Any) -> None:
    user = register()
    passwords = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    admin_client.post(f"/admin/core/user/{user.pk}/password/", passwords)

    own = {"old_password": "password", "new_password1": NEW, "new_password2": NEW}
    assert admin_client.post("/admin/password_change/", own).status_code == 302

    told = Mail.objects.order_by("pk").values_list("recipient", "subject")
    subject = "Storefront - Your password has been successfully changed!"
    assert list(told) == [("ann@example.com", subject), ("admin@example.com", subject)]


def test_an_address_that_no_mail_can_go_to_refuses_no_change(
    api_client: APIClient, register: Any, caplog: Any
) -> None:
    user = register()
    # As plain SQL loads it.
    type(user).objects.update(email="ännchen@example.com")
    user.refresh_from_db()
    api_client.force_authenticate(user)
    body = {"current_password": "a-Str0ng-one", "new_password": NEW}

    assert api_client.post(f"{USERS}set_password/", body).status_code == 204

    assert not Mail.objects.exists()
    assert "successfully changed!': Not a mail: recipient" in caplog.text


class TestTyped:
    """Whoever registers names any address: nothing that they typed is mailed to it."""

    EVIL = {
        "username": "evil.example",
        "email": "victim@example.com",
        "password": "a-Str0ng-one",
        "first_name": "You won http://evil.example",
        "last_name": "www.evil.example",
    }

    def test_is_in_no_mail_of_an_account(self, api_client: APIClient) -> None:
        user_id = api_client.post(USERS, self.EVIL).json()["id"]
        for path in ("reset_password/", "reset_username/", "resend_verification/"):
            api_client.post(USERS + path, {"email": self.EVIL["email"]})
        api_client.force_authenticate(User.objects.get(pk=user_id))
        passwords = {"current_password": "a-Str0ng-one", "new_password": NEW}
        api_client.post(f"{USERS}set_password/", passwords)
        names = {"current_password": NEW, "new_username": "evil2.example"}
        api_client.post(f"{USERS}set_username/", names)
        change = {"email": "evil.example@example.net", "current_password": NEW}
        assert api_client.patch(f"{USERS}me/", change).status_code == 200

        mails = list(Mail.objects.all())

        assert len(mails) == 8
        assert not [mail for mail in mails if "evil" in f"{mail.subject}{mail.text}{mail.html}"]


class TestTime:
    """The work for an address that nobody has is that for one that somebody has."""

    @pytest.mark.parametrize("path", ["reset_password/", "reset_username/", "resend_verification/"])
    def test_is_the_same_for_known_and_unknown(
        self, api_client: APIClient, register: Any, path: str
    ) -> None:
        register()
        statements = []
        for name in ("ann", "nobody"):
            with CaptureQueriesContext(connection) as queries:
                api_client.post(USERS + path, {"email": f"{name}@example.com"})
            statements.append([query["sql"].split()[0] for query in queries])

        known, unknown = statements
        # The savepoint of what is undone ends otherwise.
        assert [word.replace("ROLLBACK", "RELEASE") for word in unknown] == known
        assert "INSERT" in known
        assert Mail.objects.count() == 1
