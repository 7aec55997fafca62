"""Whatever text a client sends has a greatest length, and one beyond it changes nothing."""

import json
import unicodedata
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.validators import MaxLengthValidator
from django.db import models
from django.test import Client
from rest_framework.test import APIClient

from storefront.unique_keys.texts import LONGEST

from .routes import ROUTES

pytestmark = pytest.mark.django_db

# More than any text of the shop may have.
LONG = "x" * 100_001
# Marks of which none is in its order: to normalise them takes the square of their number.
MARKS = "a" + "\u0345" * 5000 + "\u0334" * 5000
# One is left out that only staff can write.
TEXTS = [
    (method, path, name)
    for path, methods in ROUTES.items()
    for method, body in methods.items()
    for name, value in (body or {}).items()
    if isinstance(value, str) and (path, name) != ("/store/customers/me/", "membership")
]
# Written by the shop itself, or by the gateway that signs it.
OWN_TEXTS = {"outbox.Mail.text", "outbox.Mail.html", "store.PaymentEvent.payload"}
OWN_TEXTS |= {"webhooks.Event.payload"}


def filled(value: Any, world: dict[str, Any]) -> Any:
    is_name = isinstance(value, str) and value.startswith("{")
    return world[value[1:-1]] if is_name else value


def test_a_text_without_end_is_refused(world: dict[str, Any], subtests: pytest.Subtests) -> None:
    client = APIClient()
    for method, path, name in TEXTS:
        client.force_authenticate(get_user_model().objects.get(pk=world["user"]))
        body = {key: filled(value, world) for key, value in (ROUTES[path][method] or {}).items()}
        with subtests.test(method=method, path=path, name=name):
            url = path.format(**world)
            response = client.generic(
                method.upper(),
                url,
                json.dumps({**body, name: LONG}),
                content_type="application/json",
            )
            assert 400 <= response.status_code < 500


@pytest.fixture
def lengths(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note how long the texts are that are normalised, whoever asks for it."""
    noted = [0]
    normalize = unicodedata.normalize

    def note(form: Any, text: str) -> str:
        noted.append(len(text))
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", note)
    return noted


def test_no_text_stops_a_process_by_its_marks(
    world: dict[str, Any], lengths: list[int], subtests: pytest.Subtests
) -> None:
    client = APIClient()
    for method, path, name in TEXTS:
        body = {key: filled(value, world) for key, value in (ROUTES[path][method] or {}).items()}
        with subtests.test(method=method, path=path, name=name):
            lengths[:] = [0]
            content = json.dumps({**body, name: MARKS})
            client.generic(
                method.upper(), path.format(**world), content, content_type="application/json"
            )
            assert max(lengths) <= LONGEST


@pytest.mark.parametrize("path", ["/admin/login/", "/api-auth/login/"])
@pytest.mark.parametrize("name", ["username", "password"])
def test_no_sign_in_by_form_stops_a_process_by_its_marks(
    client: Client, lengths: list[int], path: str, name: str
) -> None:
    client.post(path, {"username": "ann", "password": "wrong", name: MARKS})
    assert max(lengths) <= LONGEST


def test_each_text_of_a_model_has_a_length(subtests: pytest.Subtests) -> None:
    own = ("core", "outbox", "store", "tags", "likes", "storefront", "webhooks")
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            label = f"{model._meta.label}.{field.name}"
            is_text = isinstance(field, models.TextField) and model._meta.app_label in own
            if is_text and label not in OWN_TEXTS:
                with subtests.test(field=label):
                    assert any(isinstance(each, MaxLengthValidator) for each in field.validators)
