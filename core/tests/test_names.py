"""One name and one address, whatever their spelling, on every database."""

import io
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.db import connection
from rest_framework.test import APIClient

from core.models import User
from core.views import credentials

from .conftest import PASSWORD

USERS = "/auth/users/"
NAME_TAKEN = ["A user with that username already exists."]
EMAIL_TAKEN = ["A user with that email address already exists."]
LOOKS_TAKEN = ["This username looks like that of another user."]
COMPOSED = "Zürich-Straße-7"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)

pytestmark = pytest.mark.django_db


def body(username: str, email: str = "new@example.com", password: str = PASSWORD) -> dict[str, str]:
    return {"username": username, "email": email, "password": password}


@pytest.fixture
def duplicates(register: Callable) -> list[User]:
    """Two users from before their names were compared by keys."""
    for name in ("eve", "adam"):
        register(name)
    User.objects.filter(username="eve").update(username_key=None)
    User.objects.filter(username="adam").update(username="Eve", username_key=None)
    return list(User.objects.order_by("pk"))


class TestRegistration:
    @pytest.mark.parametrize(
        ("taken", "name", "errors"),
        [
            ("ann", "ANN", NAME_TAKEN),
            ("Ann", "\uff41\uff4e\uff4e", NAME_TAKEN),
            ("straße", "STRASSE", NAME_TAKEN),
            ("admin", "\u0430dmin", LOOKS_TAKEN),
            ("Вova", "Bova", LOOKS_TAKEN),
            ("Γaia", "Гaia", LOOKS_TAKEN),
        ],
    )
    def test_refuses_a_taken_name(
        self, api_client: APIClient, register: Callable, taken: str, name: str, errors: list[str]
    ) -> None:
        register(taken, email="first@example.com")
        response = api_client.post(USERS, body(name))
        assert (response.status_code, response.json()) == (400, {"username": errors})
        assert list(User.objects.values_list("username", flat=True)) == [taken]

    @pytest.mark.parametrize(
        ("taken", "name"),
        [("mary", "rnary"), ("lord", "l0rd"), ("jose", "josé"), ("anna", "анна"), ("сара", "ѕага")],
    )
    def test_takes_names_of_one_script_and_those_that_differ(
        self, api_client: APIClient, register: Callable, taken: str, name: str
    ) -> None:
        register(taken, email="first@example.com")
        assert api_client.post(USERS, body(name)).status_code == 201
        assert set(User.objects.values_list("username", flat=True)) == {taken, name}

    @pytest.mark.parametrize(
        ("taken", "email"),
        [
            ("x@bücher.example", "X@xn--bcher-kva.EXAMPLE"),
            ("x@xn--bcher-kva.example", "x@Bücher.example"),
        ],
    )
    def test_refuses_a_taken_mailbox(
        self, api_client: APIClient, register: Callable, taken: str, email: str
    ) -> None:
        register("ann", email=taken)
        response = api_client.post(USERS, body("bob", email))
        assert (response.status_code, response.json()) == (400, {"email": EMAIL_TAKEN})
        assert api_client.post(USERS, body("bob", "x@bucher.example")).status_code == 201

    @pytest.mark.parametrize(
        ("field", "value"),
        [("email", "İ" * 64 + "@" + f"{'x' * 60}." * 3 + "com"), ("username", "\ufdfa" * 50)],
    )
    def test_judges_what_would_be_stored(
        self, api_client: APIClient, field: str, value: str
    ) -> None:
        response = api_client.post(USERS, body("bob") | {field: value})
        assert response.status_code == 400
        assert list(response.json()) == [field]
        assert not User.objects.exists()

    def test_takes_a_name_however_it_is_composed(self, api_client: APIClient) -> None:
        response = api_client.post(USERS, body(unicodedata.normalize("NFD", "josé")))
        assert (response.status_code, response.json()["username"]) == (201, "josé")

    def test_refuses_a_common_password_in_wide_letters(self, api_client: APIClient) -> None:
        wide = "".join(chr(ord(letter) + 0xFEE0) for letter in "password")
        response = api_client.post(USERS, body("bob", password=wide))
        assert response.json() == {"password": ["This password is too common."]}


class TestSignIn:
    @pytest.mark.parametrize("name", ["Ann", "ANN", "\uff41nn"])
    def test_takes_any_spelling(
        self, register: Callable, tokens_of: Callable, client: Any, name: str
    ) -> None:
        register("Ann", is_staff=True)
        assert tokens_of(name)
        page = client.post("/admin/login/", {"username": name, "password": PASSWORD})
        assert page.status_code == 302

    def test_prefers_the_exact_spelling(
        self, api_client: APIClient, tokens_of: Callable, duplicates: list[User]
    ) -> None:
        for user in duplicates:
            user.set_password(f"of-{user.username}-7")
            user.save()
            assert tokens_of(user.username, f"of-{user.username}-7")
        wrong = {"username": "EVE", "password": "of-Eve-7"}
        assert api_client.post("/auth/jwt/create/", wrong).status_code == 401

    @pytest.mark.parametrize(
        ("chosen", "typed"), [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED), ("①-a-Str0ng",) * 2]
    )
    def test_takes_a_password_however_it_is_composed(
        self, api_client: APIClient, tokens_of: Callable, chosen: str, typed: str
    ) -> None:
        assert api_client.post(USERS, body("bob", password=chosen)).status_code == 201
        assert tokens_of("bob", typed)

    def test_takes_a_password_that_was_stored_as_typed(
        self, register: Callable, tokens_of: Callable
    ) -> None:
        user = register()
        User.objects.filter(pk=user.pk).update(password=make_password(DECOMPOSED))
        assert tokens_of("ann", DECOMPOSED)


class TestBlanksAroundAPassword:
    TYPED = "  admin typed 9x "

    @pytest.fixture
    def sign_in(self, api_client: APIClient) -> Callable[[str], int]:
        def sign_in(password: str) -> int:
            body = {"username": "ann", "password": password}
            return api_client.post("/auth/jwt/create/", body).status_code

        return sign_in

    def test_belong_to_it(self, api_client: APIClient, sign_in: Callable[[str], int]) -> None:
        body = {"username": "ann", "email": "ann@example.com", "password": self.TYPED}
        assert api_client.post("/auth/users/", body).status_code == 201

        assert sign_in(self.TYPED) == 200
        assert sign_in(self.TYPED.strip()) == 401
        user = User.objects.get()
        assert user.check_password(self.TYPED)
        api_client.force_authenticate(user)
        change = {"current_password": self.TYPED, "new_password": f" {self.TYPED}"}
        assert api_client.post("/auth/users/set_password/", change).status_code == 204
        assert sign_in(f" {self.TYPED}") == 200

    def test_may_be_typed_where_the_api_once_took_them_off(
        self, sign_in: Callable[[str], int], db: None
    ) -> None:
        User.objects.create_user("ann", "ann@example.com", self.TYPED.strip())

        assert sign_in(self.TYPED) == 200


class TestChanging:
    def test_the_own_name_changes_its_spelling(
        self, api_client: APIClient, sign_in: Callable, register: Callable
    ) -> None:
        register("bob")
        user = sign_in()
        for name, status in [("BOB", 400), ("Ann", 204)]:
            change = {"current_password": PASSWORD, "new_username": name}
            assert api_client.post(f"{USERS}set_username/", change).status_code == status
        user.refresh_from_db()
        assert user.username == "Ann"

    def test_the_slower_of_two_learns_which_field_is_taken(
        self, api_client: APIClient, sign_in: Callable, register: Callable, monkeypatch: Any
    ) -> None:
        user = sign_in()
        change_username = credentials.change_username

        def second(**change: Any) -> None:
            register(change["username"], email="first@example.com")
            change_username(**change)

        monkeypatch.setattr(credentials, "change_username", second)
        change = {"current_password": PASSWORD, "new_username": "bob"}
        response = api_client.post(f"{USERS}set_username/", change)
        assert (response.status_code, response.json()) == (400, {"new_username": NAME_TAKEN})
        user.refresh_from_db()
        assert user.username == "ann"

    def test_a_twin_keeps_working_and_nobody_joins_them(
        self, api_client: APIClient, duplicates: list[User]
    ) -> None:
        response = api_client.post(USERS, body("EVE"))
        assert response.json() == {"username": NAME_TAKEN}
        duplicates[0].username = "eve"
        duplicates[0].save()
        assert User.objects.filter(username_key=None).count() == 2

    def test_the_admin_names_the_field(self, admin_client: Any, register: Callable) -> None:
        bob = register("bob")
        register("ann")
        form = {"username": "ANN", "email": "x@example.com", "usable_password": "false"}
        page = admin_client.post("/admin/core/user/add/", form)
        assert page.context["errors"] == [NAME_TAKEN]
        page = admin_client.post(f"/admin/core/user/{bob.pk}/change/", {"username": "\u0430nn"})
        assert LOOKS_TAKEN in page.context["errors"]
        assert User.objects.filter(username="bob").exists()

    def test_createsuperuser_refuses_what_is_taken(
        self, register: Callable, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        register()
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
        for name, email in [
            ("ANN", "x@example.com"),
            ("\u0430nn", "x@example.com"),
            ("x", "ANN@example.com"),
        ]:
            with pytest.raises(CommandError):
                call_command("createsuperuser", "--noinput", username=name, email=email)
        assert User.objects.count() == 1


def test_a_reset_finds_the_mailbox_in_either_spelling(
    committing_client: APIClient, register: Callable, mailoutbox: list[EmailMessage]
) -> None:
    register(email="ann@bücher.example")
    address = {"email": "ann@xn--bcher-kva.example"}
    assert committing_client.post(f"{USERS}reset_password/", address).status_code == 204
    assert len(mailoutbox) == 1


def test_an_address_that_plain_sql_loaded_is_found_as_it_is_spelled(register: Callable) -> None:
    user = register()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_user SET email = 'Ann@Example.org', email_key = NULL")
    assert User.objects.all().with_email("Ann@Example.org") == user


class TestKeys:
    def test_are_written_with_the_name_by_whoever_writes_it(self, register: Callable) -> None:
        user = register()
        for write in [
            lambda: User.objects.filter(pk=user.pk).update(username="Bob"),
            lambda: User.objects.bulk_update([User(pk=user.pk, username="Bob")], ["username"]),
            lambda: User(pk=user.pk, username="Bob").save(update_fields=["username"]),
        ]:
            User.objects.filter(pk=user.pk).update(username="ann")
            write()
            assert User.objects.get_by_natural_key("BOB") == user

    def test_are_made_for_a_fixture(self, register: Callable, tmp_path: Any) -> None:
        register("Ann")
        dump = tmp_path / "users.json"
        call_command("dumpdata", "core.user", output=str(dump), verbosity=0)
        assert "username_key" not in dump.read_text()
        User.objects.all().delete()
        call_command("loaddata", str(dump), verbosity=0)
        assert User.objects.get_by_natural_key("ANN").username == "Ann"

    def test_migrate_fills_them_in_and_names_twins(
        self, register: Callable, duplicates: list[User]
    ) -> None:
        register("Bob")
        User.objects.filter(username="Bob").update(username_key=None, username_skeleton=None)
        assert User.objects.get_by_natural_key("Bob")
        output = io.StringIO()
        call_command("migrate", verbosity=0, stdout=output)
        assert "same username in another spelling: 'Eve', 'eve'." in output.getvalue()
        assert User.objects.get_by_natural_key("BOB")
        assert User.objects.filter(username_key=None).count() == 2
