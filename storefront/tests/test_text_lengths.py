"""Whatever text a client sends has a greatest length, and one beyond it changes nothing."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.validators import MaxLengthValidator
from django.db import models
from rest_framework.test import APIClient

from .routes import ROUTES

pytestmark = pytest.mark.django_db

# More than any text of the shop may have.
LONG = "x" * 100_001
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


def test_each_text_of_a_model_has_a_length(subtests: pytest.Subtests) -> None:
    own = ("core", "outbox", "store", "tags", "likes", "storefront")
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            label = f"{model._meta.label}.{field.name}"
            is_text = isinstance(field, models.TextField) and model._meta.app_label in own
            if is_text and label not in OWN_TEXTS:
                with subtests.test(field=label):
                    assert any(isinstance(each, MaxLengthValidator) for each in field.validators)
