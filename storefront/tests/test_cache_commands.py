"""The commands that show and flush the cache."""

import re
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from redis import Redis

from store.models import Product
from store.models.versions import ASSORTMENT, CATALOG, SALES, Version
from store.services.reports import best_sellers, cached_report
from storefront.settings.caches import cache_at

pytestmark = pytest.mark.django_db

THROTTLE = "throttle_credentials_192.0.2.1"
QUEUE = "storefront"


@pytest.fixture
def redis(settings: Any, redis_url: str) -> Any:
    """A Redis with a report, a throttle that never ends, and, of the broker, a queue with a task."""
    settings.CACHES = {"default": cache_at(redis_url)}
    asked = {"start": date(2026, 1, 1), "end": date(2026, 2, 1), "by": "pieces", "limit": 5}
    cached_report(best_sellers, **asked)
    cache.set(THROTTLE, [1.0], None)
    with Redis.from_url(redis_url, decode_responses=True) as redis:
        redis.lpush(QUEUE, "a task")
        yield redis


def versions() -> list[tuple[int, ...]]:
    return [Version.objects.current(CATALOG, ASSORTMENT), Version.objects.current(SALES)]


@pytest.mark.redis
@pytest.mark.usefixtures("redis")
class TestShow:
    def test_adds_up_each_kind(self, capsys: Any) -> None:
        call_command("show_cache")
        title, columns, *kinds, catalog, reports = capsys.readouterr().out.splitlines()
        assert title.startswith("Cache: 2 entries in the Redis at 127.0.0.1:6379, database ")
        assert [kind.split()[::2] for kind in kinds] == [["1", "report"], ["1", "throttle"]]
        assert catalog.startswith("Catalogue: up to 16 MB in each web process, version ")

    def test_lists_the_keys_with_their_ages(self, capsys: Any) -> None:
        call_command("show_cache", "--keys")
        rows = [line.split() for line in capsys.readouterr().out.splitlines()]
        (report,) = (row for row in rows if row[-1].startswith("report:"))
        size, seconds_left, seconds_unread = map(int, report[:-1])
        assert (size > 50, 50 < seconds_left <= 60, 0 <= seconds_unread < 10) == (True, True, True)
        (throttle,) = (row for row in rows if row[-1] == THROTTLE)
        assert throttle[1] == "-"


@pytest.mark.redis
class TestFlush:
    def test_deletes_the_cache_and_leaves_the_queue(self, redis: Any, capsys: Any) -> None:
        call_command("flush_cache")
        assert redis.keys() == [QUEUE]
        assert capsys.readouterr().out.startswith("Cache: 2 entries deleted.\n")

    def test_may_take_a_part_of_it(self, redis: Any) -> None:
        before = versions()
        call_command("flush_cache", "--only", "throttles")
        assert cache.get(THROTTLE) is None
        assert len(redis.keys("storefront:*:report:*")) == 1
        assert versions() == before

    def test_or_more_than_one(self, redis: Any) -> None:
        catalog, sales = versions()
        call_command("flush_cache", "--only", "reports", "--only", "throttles")
        assert redis.keys() == [QUEUE]
        assert versions()[0] == catalog
        assert versions()[1] != sales

    def test_so_does_django_s_clear(self, redis: Any) -> None:
        cache.clear()
        assert redis.keys() == [QUEUE]


class TestRedisAway:
    @pytest.fixture(autouse=True)
    def _away(self, settings: Any) -> None:
        settings.CACHES = {"default": cache_at("redis://:sesame@127.0.0.1:1/3")}

    def test_is_named_without_its_password(self) -> None:
        with pytest.raises(CommandError, match=re.escape("127.0.0.1:1, database 3")) as error:
            call_command("show_cache")
        assert "sesame" not in str(error.value)

    def test_is_not_taken_for_flushed(self) -> None:
        with pytest.raises(CommandError, match="Redis does not answer"):
            call_command("flush_cache")


class TestMemory:
    def test_of_other_processes_is_out_of_sight(self, capsys: Any) -> None:
        call_command("show_cache")
        assert capsys.readouterr().out.startswith("Cache: in the memory of each process")

    @pytest.mark.cache
    def test_is_out_of_date_after_a_flush(self, client: Any, product: Product) -> None:
        def price() -> float:
            return client.get(f"/store/products/{product.pk}/").json()["unit_price"]

        Product.objects.update(unit_price=20)
        assert price() == 20
        with connection.cursor() as cursor:
            cursor.execute("UPDATE store_product SET unit_price = 30")
        assert price() == 20
        call_command("flush_cache")
        assert price() == 30

    def test_nor_does_a_report_of_before_hold(self) -> None:
        before = versions()
        call_command("flush_cache")
        assert all(now != then for now, then in zip(versions(), before, strict=True))
