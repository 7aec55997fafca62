"""How often something was done within a time, counted for all threads, processes and hosts together.

In Redis where there is one that answers, else in the database: a limit is never off.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.core.cache import caches
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.module_loading import import_string

from ..models import HitCount
from .pseudonyms import pseudonym

if TYPE_CHECKING:
    from ..caches.redis import SharedRedisCache

logger = logging.getLogger(__name__)
retrying: Callable[[Callable[..., Any]], Callable[..., Any]] = import_string(
    settings.RETRYING_TRANSACTION
)
# What flush_cache and show_cache know these keys by.
PREFIX = "throttle_"


class Count(NamedTuple):
    """How often something was done in a period that is not over, and the seconds until it is."""

    number: int
    seconds: int


def hit(key: str, *, limit: int, period: int) -> int:
    """Count one; return 0 within the limit of a period in seconds, else the seconds until it ends.

    Not to be called in a transaction, which would lock the count until its end.
    """
    count = counted(key, limit=limit, period=period)
    return count.seconds if count.number > limit else 0


def counted(key: str, *, limit: int, period: int) -> Count:
    """Count one, and return what was counted; as for `hit()`. Beyond the limit the number is not exact."""
    name = name_of(key)
    if (redis := redis_cache()) is not None:
        from redis.exceptions import RedisError

        try:
            return count_in_redis(redis, name, period=period)
        except RedisError as error:
            logger.warning("The database counts, as Redis fails (%s)", type(error).__name__)
    return count_in_database(name, limit=limit, period=period)


def forget(*keys: str) -> None:
    """Let keys count from nothing again."""
    names = [name_of(key) for key in keys]
    if (redis := redis_cache()) is not None:
        # It ignores a Redis that is away, where the counts expire by themselves.
        redis.delete_many([PREFIX + name for name in names])
    HitCount.objects.filter(pk__in=names).delete()


def purge_hit_counts() -> int:
    """Delete the counts whose period is over; return how many."""
    return HitCount.objects.filter(expires_at__lte=timezone.now()).delete()[0]


def name_of(key: str) -> str:
    return pseudonym(key, purpose=__name__)


def redis_cache() -> "SharedRedisCache | None":
    cache: Any = caches["default"]
    # By its name: a shop without Redis does not load the library, which is 20 MB with what it loads.
    return cache if type(cache).__name__ == "SharedRedisCache" else None


def count_in_redis(cache: "SharedRedisCache", name: str, *, period: int) -> Count:
    """Count one; raises RedisError."""
    key = cache.client.make_key(PREFIX + name)
    with cache.client.get_client(write=True).pipeline(transaction=True) as pipeline:
        # The first of a period starts it; no later one extends it.
        pipeline.set(key, 0, ex=period, nx=True).incr(key).pttl(key)
        _, number, milliseconds = pipeline.execute()
    # Redis rounds seconds, and who comes back a part of one too early would be refused again.
    return Count(number, max(ceil(milliseconds / 1000), 1))


def count_in_database(name: str, *, limit: int, period: int) -> Count:
    now = timezone.now()
    # A flood reads only.
    full = HitCount.objects.filter(pk=name, count__gte=limit, expires_at__gt=now)
    for expires_at in full.values_list("expires_at", flat=True):
        return Count(limit + 1, seconds_until(expires_at, now))
    added = add_hit(name, now, period)
    if added is None:
        # By itself: in one transaction with the update two that insert would deadlock on MariaDB.
        HitCount.objects.bulk_create(
            [HitCount(pk=name, count=0, expires_at=now + timedelta(seconds=period))],
            ignore_conflicts=True,
        )
        added = add_hit(name, now, period) or (1, now)
    number, expires_at = added
    return Count(number, seconds_until(expires_at, now))


@retrying
def add_hit(name: str, now: datetime, period: int) -> tuple[int, datetime] | None:
    """Count one and return the count and its end, or None where there is no row."""
    rows = HitCount.objects.filter(pk=name)
    is_over = Q(expires_at__lte=now)
    # In this order: MariaDB reads what was assigned before in the same statement.
    if not rows.update(
        count=Case(When(is_over, then=Value(1)), default=F("count") + 1),
        expires_at=Case(
            When(is_over, then=Value(now + timedelta(seconds=period))), default=F("expires_at")
        ),
    ):
        return None
    # The update holds the row's lock: nobody else has counted since.
    return rows.values_list("count", "expires_at").get()


def seconds_until(moment: datetime, now: datetime) -> int:
    return max(ceil((moment - now).total_seconds()), 1)
