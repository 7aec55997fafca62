"""djoser's mails go through the outbox, whatever state the mail server is in."""

from typing import Any

import pytest
from djoser.conf import default_settings
from djoser.conf import settings as djoser_settings
from rest_framework.test import APIClient

from outbox.models import Mail
from outbox.services import send_due_mails

pytestmark = pytest.mark.django_db

USERS = "/auth/users/"


@pytest.fixture
def change_djoser(settings: Any) -> Any:
    return lambda **changes: setattr(settings, "DJOSER", {**settings.DJOSER, **changes})


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


@pytest.mark.parametrize(
    ("switch", "subject"),
    [
        ("SEND_ACTIVATION_EMAIL", "Account activation on Storefront"),
        (
            "SEND_CONFIRMATION_EMAIL",
            "Storefront - Your account has been successfully created and activated!",
        ),
    ],
)
def test_a_registration_can_be_answered_with_a_mail(
    committing_client: APIClient, smtp_server: Any, change_djoser: Any, switch: str, subject: str
) -> None:
    change_djoser(**{switch: True})
    body = {"username": "ann", "email": "ann@example.com", "password": "a-Str0ng-one"}

    assert committing_client.post(USERS, body).status_code == 201

    assert [letter.message["Subject"] for letter in smtp_server.received] == [subject]


@pytest.mark.parametrize("name", ["password", "username"])
def test_a_change_can_be_told_by_mail(
    committing_client: APIClient, register: Any, smtp_server: Any, change_djoser: Any, name: str
) -> None:
    change_djoser(**{f"{name.upper()}_CHANGED_EMAIL_CONFIRMATION": True})
    committing_client.force_authenticate(register())
    body = {"current_password": "a-Str0ng-one", f"new_{name}": "an0ther-Str0ng-one"}

    assert committing_client.post(f"{USERS}set_{name}/", body).status_code == 204

    [letter] = smtp_server.received
    assert letter.recipients == ["ann@example.com"]
    assert f"Your {name} has been successfully changed" in letter.message["Subject"]


def test_an_address_that_no_mail_can_go_to_refuses_no_change(
    api_client: APIClient, register: Any, change_djoser: Any, caplog: Any
) -> None:
    change_djoser(PASSWORD_CHANGED_EMAIL_CONFIRMATION=True)
    user = register()
    # As plain SQL loads it.
    type(user).objects.update(email="ännchen@example.com")
    user.refresh_from_db()
    api_client.force_authenticate(user)
    body = {"current_password": "a-Str0ng-one", "new_password": "an0ther-Str0ng-one"}

    assert api_client.post(f"{USERS}set_password/", body).status_code == 204

    assert not Mail.objects.exists()
    assert "No mail of the kind PasswordChanged: Not a mail: recipient" in caplog.text


def test_every_mail_of_djoser_is_queued() -> None:
    classes = [getattr(djoser_settings.EMAIL, name) for name in default_settings["EMAIL"]]
    assert len(classes) == 6
    assert {mail.__module__ for mail in classes} == {"core.mails"}
