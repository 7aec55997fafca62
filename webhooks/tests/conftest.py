from collections.abc import Callable, Iterator
from typing import Any

import pytest

from webhooks.event_types import EVENT_TYPES
from webhooks.models import Endpoint
from webhooks.services.events import record_events

from .receiver import Receiver, receiving


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """A receiver that the shop trusts, though it is on this machine."""
    with receiving() as receiver:
        settings.WEBHOOK_TRUSTED_HOSTS = [f"{receiver.host}:{receiver.port}"]
        yield receiver


@pytest.fixture
def make_endpoint(db: None) -> Callable[..., Endpoint]:
    """Make an endpoint that wants pings; fields given replace the usual ones."""

    def make_endpoint(**fields: Any) -> Endpoint:
        usual = {"url": "https://crm.example.com/hooks", "event_types": ["ping"]}
        return Endpoint.objects.create(**{**usual, **fields})

    return make_endpoint


@pytest.fixture
def endpoint(make_endpoint: Callable[..., Endpoint], receiver: Receiver) -> Endpoint:
    return make_endpoint(url=receiver.url)


@pytest.fixture
def ping(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Record an event, or several, of a type of the tests' own."""
    monkeypatch.setitem(EVENT_TYPES, "ping", "a ping")

    def ping(*numbers: int) -> int:
        data = [{"number": number} for number in numbers or (1,)]
        return record_events(event_type="ping", data=lambda: data)

    return ping
