"""The connections of the Redis cache; the settings name this module where there is a REDIS_URL."""

import logging
from time import monotonic
from typing import Any

from redis.backoff import NoBackoff
from redis.connection import ConnectionPool
from redis.exceptions import ConnectionError
from redis.retry import Retry

logger = logging.getLogger(__name__)
# How long this process takes Redis for away once it has failed.
AWAY_SECONDS = 5


class WaryConnectionPool(ConnectionPool):
    """Asks nothing of a Redis that failed a moment ago: a request waits for it once, not per operation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # A cache that is asked again is slower than the database.
        super().__init__(*args, **{"retry": Retry(NoBackoff(), 0), **kwargs})
        self.asked_again_at = 0.0

    def get_connection(self, *args: Any, **kwargs: Any) -> Any:
        if monotonic() < self.asked_again_at:
            raise ConnectionError("Redis failed a moment ago.")
        return super().get_connection(*args, **kwargs)

    def release(self, connection: Any) -> None:
        # What could not connect, or lost its server on the way, comes back without a socket.
        if not connection.is_connected and monotonic() >= self.asked_again_at:
            self.asked_again_at = monotonic() + AWAY_SECONDS
            logger.warning("Redis fails; the cache is empty for %d seconds", AWAY_SECONDS)
        super().release(connection)
