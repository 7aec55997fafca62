from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.utils import timezone

now = timezone.now


@pytest.fixture(autouse=True)
def limits(settings: Any) -> Any:
    """Three free failures, and no limit of requests; one proxy tells who asks."""
    settings.SIGN_IN_FAILURES = 3
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    return settings


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Move the clock on from where it was moved to before."""
    moved = timedelta()

    def later(**time: float) -> None:
        nonlocal moved
        moved += timedelta(**time)
        monkeypatch.setattr(timezone, "now", lambda: now() + moved)

    return later


@pytest.fixture
def ann(register: Callable[..., Any]) -> Any:
    return register(is_staff=True, is_superuser=True)


@pytest.fixture
def hashed(ann: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each password that is hashed from now on."""
    passwords: list[str] = []
    encode = MD5PasswordHasher.encode

    def note(self: Any, password: str, salt: str) -> str:
        passwords.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", note)
    return passwords
