"""A count that holds for all who count at once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from redis import Redis

from storefront.limits import counters
from storefront.limits.counters import forget, hit, purge_hit_counts
from storefront.models import HitCount
from storefront.settings.caches import cache_at

pytestmark = pytest.mark.django_db

THREADS = 64


@pytest.fixture
def use_redis(settings: Any, redis_url: str) -> None:
    settings.CACHES = {"default": cache_at(redis_url)}


@pytest.fixture(params=["database", pytest.param("redis", marks=pytest.mark.redis)])
def place(request: pytest.FixtureRequest) -> str:
    """Where is counted."""
    if request.param == "redis":
        request.getfixturevalue("use_redis")
    return request.param


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Move the clock by so many seconds from now."""

    def later(seconds: float) -> None:
        moment = timezone.now() + timedelta(seconds=seconds)
        monkeypatch.setattr(counters.timezone, "now", lambda: moment)

    return later


def waits(number: int, key: str = "ann", *, limit: int = 3, period: int = 60) -> list[int]:
    return [hit(key, limit=limit, period=period) for _ in range(number)]


class TestHit:
    def test_is_refused_beyond_the_limit(self, place: str) -> None:
        *let_through, first, second = waits(5)
        assert let_through == [0, 0, 0]
        assert {first, second} <= {59, 60}

    def test_counts_each_key_by_itself(self, place: str) -> None:
        waits(4)
        assert waits(1, "bob") == [0]

    def test_counts_from_nothing_once_forgotten(self, place: str) -> None:
        waits(4)
        waits(4, "bob")
        forget("ann", "nobody")
        assert waits(1) == [0]
        assert waits(1, "bob") != [0]

    def test_lets_nobody_through_a_limit_of_none(self, place: str) -> None:
        assert all(waits(2, limit=0))


class TestTime:
    def test_a_refusal_does_not_lengthen_the_wait(self, later: Callable[[float], None]) -> None:
        waits(4)
        later(50)
        assert waits(2) == [10, 10]
        later(61)
        assert waits(4)[:3] == [0, 0, 0]

    @pytest.mark.redis
    def test_who_waits_as_long_as_redis_says_is_let_in(
        self, use_redis: None, redis_url: str
    ) -> None:
        hit("a", limit=0, period=60)
        with Redis.from_url(redis_url) as redis:
            (key,) = redis.keys()
            redis.pexpire(key, 7_400)
        assert hit("a", limit=0, period=60) == 8

    @pytest.mark.redis
    def test_redis_ends_the_period_by_itself(self, use_redis: None, redis_url: str) -> None:
        waits(4)
        with Redis.from_url(redis_url) as redis:
            (key,) = redis.keys()
            assert 50 < redis.ttl(key) <= 60
            redis.expire(key, 7)
            assert waits(1) == [7]

    def test_what_is_over_is_purged(self, later: Callable[[float], None]) -> None:
        waits(1)
        waits(1, "bob", period=600)
        later(61)
        assert purge_hit_counts() == 1
        assert HitCount.objects.count() == 1


def test_a_flood_writes_nothing(django_assert_num_queries: Callable[..., Any]) -> None:
    waits(3)
    with django_assert_num_queries(1):
        waits(1)
    assert HitCount.objects.get().count == 3


def test_no_key_is_stored_as_it_is() -> None:
    waits(1, "203.0.113.7")
    assert len(HitCount.objects.get().key) == 64


class TestRedisAway:
    @pytest.mark.redis
    def test_the_database_counts(
        self, use_redis: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        pool: Any = cache.client.get_client().connection_pool
        monkeypatch.setattr(pool, "retry_at", float("inf"))
        assert [bool(wait) for wait in waits(4)] == [False] * 3 + [True]
        assert HitCount.objects.get().count == 3
        assert caplog.messages[0] == "The database counts, as Redis fails (ConnectionError)"

    def test_forgetting_does_not_fail(self, settings: Any) -> None:
        settings.CACHES = {"default": cache_at("redis://127.0.0.1:1/0")}
        waits(4)
        forget("ann")
        assert waits(1) == [0]


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limit", [1, 30])
def test_of_many_at_once_as_many_as_the_limit_get_through(place: str, limit: int) -> None:
    start = Barrier(THREADS)

    def work(_: int) -> list[int]:
        start.wait()
        with closing(connection):
            return waits(2, limit=limit)

    with ThreadPoolExecutor(THREADS) as pool:
        outcomes = Counter(bool(wait) for each in pool.map(work, range(THREADS)) for wait in each)
    assert outcomes == {False: limit, True: 2 * THREADS - limit}
