import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from model_bakery import baker

from store.models import Customer, Product

from .fork_server import Result, run

SETTINGS = Path(settings.BASE_DIR, "storefront", "settings")
PRODUCTION = {
    "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "shop.example.com",
    "DATABASE_URL": "postgres://shop@db/shop",
    "EMAIL_HOST": "mail.example.com",
}
Start = Callable[..., Result]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Import the settings where no .env file of a developer lies about."""
    shutil.copytree(SETTINGS, tmp_path / "storefront" / "settings")

    def start(name: str, show: str = "None", **variables: str) -> Result:
        code = f"import json; from storefront.settings.{name} import *; print(json.dumps({show}))"
        return run("-c", code, folder=tmp_path, **variables)

    return start


@pytest.fixture
def lasting_connection() -> Iterator[None]:
    """Let no request close the connection of the test, whose transaction would be gone."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def product(db: None) -> Product:
    return baker.make(
        Product,
        title="Teapot",
        slug="teapot",
        unit_price=10,
        inventory=5,
        description="Blue\nand round",
    )


@pytest.fixture
def customer(django_user_model: Any) -> Customer:
    user = django_user_model.objects.create_user("ann", "ann@example.com", first_name="Ann")
    return user.customer
