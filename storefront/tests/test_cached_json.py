"""What the cache holds in Redis is JSON; what somebody else wrote there is not run."""

import json
import pickle
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from redis import Redis
from rest_framework.test import APIClient

from storefront.caches.json import JSONSerializer
from storefront.celery import app
from storefront.settings.caches import cache_at

REPORT = "/store/reports/low_stock/"
serializer = JSONSerializer({})


class Attack:
    """A pickle that makes a file where it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "text",
        [1.5, "a", {"b": [True]}],
        [{"total": Decimal("10.00"), "day": date(2026, 1, 5)}],
        datetime(2026, 1, 5, 12, tzinfo=UTC),
    ],
)
def test_what_comes_back_is_what_was_stored(value: Any) -> None:
    found = serializer.loads(serializer.dumps(value))
    assert found == value
    assert type(found) is type(value)


def test_an_object_is_refused() -> None:
    with pytest.raises(TypeError, match="The cache holds no Attack"):
        serializer.dumps([Attack(Path())])


@pytest.mark.parametrize(
    "stored",
    [
        pickle.dumps([{"id": 1}]),
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"__type__": "Decimal", "text": "many"}',
        b'{"__type__": "Decimal", "text": {}}',
        b'{"__type__": "date"}',
    ],
)
def test_what_is_no_json_is_not_cached(stored: bytes) -> None:
    assert serializer.loads(stored) is None


def test_a_task_that_is_a_pickle_is_refused() -> None:
    assert list(app.conf.accept_content) == ["json"]
    assert (app.conf.task_serializer, app.conf.event_serializer) == ("json", "json")


@pytest.mark.redis
@pytest.mark.django_db
class TestPickles:
    @pytest.fixture
    def redis(self, settings: Any, redis_url: str) -> Any:
        settings.CACHES = {"default": cache_at(redis_url)}
        with Redis.from_url(redis_url) as redis:
            yield redis

    @pytest.fixture
    def staff(self, authenticate: Any, api_client: APIClient) -> APIClient:
        authenticate(is_staff=True)
        return api_client

    def test_are_not_run(self, redis: Redis, staff: APIClient, tmp_path: Path) -> None:
        response = staff.get(REPORT)
        [key] = redis.keys()
        path = tmp_path / "attacked"
        redis.set(key, pickle.dumps(Attack(path)))

        again = staff.get(REPORT)

        assert (again.status_code, again.json()) == (200, response.json())
        assert not path.exists()
        # The report was computed again, and is JSON.
        assert json.loads(redis.get(key)) == []

    def test_of_a_release_before_are_not_cached(self, redis: Redis) -> None:
        redis.set("storefront:1:name", pickle.dumps("of before"))

        assert cache.get("name") is None
        assert cache.get_or_set("name", "new") == "new"
