"""Passwords that are sent, right or wrong, to each place that checks one."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client
from rest_framework.test import APIClient

NEW = "an0ther-Str0ng-one"
HOME, AWAY = "192.0.2.7", "192.0.2.8"
SIGN_IN = "/auth/jwt/create/"
ME = "/auth/users/me/"


def sign_in(password: str = "wrong", name: str = "ann", address: str = HOME) -> Any:
    body = {"username": name, "password": password}
    return APIClient().post(SIGN_IN, body, format="json", HTTP_X_FORWARDED_FOR=address)


def statuses(number: int, password: str = "wrong", **who: str) -> list[int]:
    return [sign_in(password, **who).status_code for _ in range(number)]


def on_page(url: str) -> Callable[[Any, str], Any]:
    return lambda _, password: Client().post(url, {"username": "ann", "password": password})


def over_the_api(
    method: str, url: str, headers: dict[str, str] | None = None, **body: str
) -> Callable[[Any, str], Any]:
    def send(user: Any, password: str) -> Any:
        client = APIClient()
        client.force_authenticate(get_user_model().objects.get(pk=user.pk))
        sent = {"current_password": password, **body}
        return getattr(client, method)(url.format(user.pk), sent, format="json", headers=headers)

    return send


def in_the_admin(user: Any, password: str) -> Any:
    client = Client()
    client.force_login(user)
    new = {"new_password1": NEW, "new_password2": NEW}
    return client.post("/admin/password_change/", {"old_password": password, **new})


# How each place that checks a password is asked with one.
DOORS = {
    "jwt/create": lambda _, password: sign_in(password, address="127.0.0.1"),
    "admin": on_page("/admin/login/"),
    "browsable API": on_page("/api-auth/login/"),
    "admin's password change": in_the_admin,
    "set_password": over_the_api("post", "/auth/users/set_password/", new_password=NEW),
    "set_username": over_the_api("post", "/auth/users/set_username/", new_username="eve"),
    "change of address": over_the_api("patch", ME, email="new@example.com"),
    "delete me": over_the_api("delete", ME),
    "delete by id": over_the_api("delete", "/auth/users/{}/"),
}
