from collections.abc import Callable
from time import time
from types import SimpleNamespace
from typing import Any

import pytest
from django_otp import oath
from django_otp.plugins import otp_totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from model_bakery import baker
from rest_framework.test import APIClient

from .passwords import PASSWORD
from .second_factors import set_up


@pytest.fixture
def tokens_of(api_client: APIClient) -> Callable[..., dict[str, str]]:
    """Sign in over HTTP and return the access and the refresh token."""

    def tokens_of(username: str = "ann", password: str = PASSWORD) -> dict[str, str]:
        response = api_client.post(
            "/auth/jwt/create/", {"username": username, "password": password}, format="json"
        )
        assert response.status_code == 200, response.json()
        return response.json()

    return tokens_of


@pytest.fixture
def product(db: None) -> Any:
    return baker.make("store.Product", title="Lamp", unit_price=10, inventory=100)


@pytest.fixture
def one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no step of 30 seconds end while a test runs."""
    now = time()
    monkeypatch.setattr(oath, "time", lambda: now)
    monkeypatch.setattr(otp_totp.models, "time", SimpleNamespace(time=lambda: now))


@pytest.fixture
def required(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = "required"


@pytest.fixture
def ann(register: Callable[..., Any]) -> Any:
    """Somebody on the staff."""
    return register("ann", is_staff=True)


@pytest.fixture
def device(ann: Any) -> TOTPDevice:
    """The second factor of ann."""
    return set_up(ann)[0]
