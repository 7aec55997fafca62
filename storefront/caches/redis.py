"""The Redis cache and its connections; the settings name this module where there is a REDIS_URL."""

import logging
from collections.abc import Iterator
from itertools import islice
from time import monotonic
from typing import Any, NamedTuple

from django_redis.cache import RedisCache
from redis.backoff import NoBackoff
from redis.connection import ConnectionPool
from redis.exceptions import ConnectionError
from redis.retry import Retry

logger = logging.getLogger(__name__)
# Seconds for which this process does not connect again once Redis has failed.
RETRY_SECONDS = 5
# Keys that one exchange with Redis is about.
AT_ONCE = 500


class Entry(NamedTuple):
    """What Redis knows of a key; None where it knows nothing, as for a key that never expires."""

    key: str
    size: int | None  # bytes
    seconds_left: int | None
    seconds_unread: int | None


class SharedRedisCache(RedisCache):
    """A cache in a Redis that others, such as the broker, may use too: it touches its own keys only."""

    def clear(self) -> None:
        self.delete_pattern("*", itersize=AT_ONCE)

    def entries(self) -> Iterator[Entry]:
        """Return what is cached; unlike the operations of a request, this raises RedisError where Redis fails."""
        redis = self.client.get_client(write=False)
        found = redis.scan_iter(match=self.client.make_pattern("*"), count=AT_ONCE)
        while keys := list(islice(found, AT_ONCE)):
            with redis.pipeline(transaction=False) as pipeline:
                for key in keys:
                    pipeline.memory_usage(key).ttl(key).object("IDLETIME", key)
                # A platform's Redis refuses some of it, and a key may be gone meanwhile.
                replies = pipeline.execute(raise_on_error=False)
            values = iter(one if isinstance(one, int) and one >= 0 else None for one in replies)
            for key, *facts in zip(keys, values, values, values, strict=True):
                yield Entry(str(self.client.reverse_key(key.decode())), *facts)


class CircuitBreakerConnectionPool(ConnectionPool):
    """Does not connect to a Redis that failed a moment ago: a request waits for it once, not per operation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # A cache that is asked again is slower than the database.
        super().__init__(*args, **{"retry": Retry(NoBackoff(), 0), **kwargs})
        self.retry_at = 0.0

    def get_connection(self, *args: Any, **kwargs: Any) -> Any:
        if monotonic() < self.retry_at:
            raise ConnectionError("Redis failed a moment ago.")
        return super().get_connection(*args, **kwargs)

    def release(self, connection: Any) -> None:
        # What could not connect, or lost its server on the way, comes back without a socket.
        if not connection.is_connected and monotonic() >= self.retry_at:
            self.retry_at = monotonic() + RETRY_SECONDS
            logger.warning("Redis fails; the cache is empty for %d seconds", RETRY_SECONDS)
        super().release(connection)
