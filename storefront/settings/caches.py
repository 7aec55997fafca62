"""The cache: Redis where there is one, else the process's own memory."""

from typing import Any

from environs import validate

# Seconds. A cache that is slower than this is of no use; the response then comes from the database.
REDIS_TIMEOUT = 0.5

is_redis = validate.Regexp(
    r"((rediss?|unix)://.|\Z)", error="Not an address such as redis://host:6379/0."
)


def cache_at(redis_url: str | None) -> dict[str, Any]:
    """Return the configuration of the default cache; losing Redis later costs time, never a response."""
    if not redis_url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    return {
        "BACKEND": "storefront.caches.redis.SharedRedisCache",
        "LOCATION": redis_url,
        "KEY_PREFIX": "storefront",
        # 1 was pickles.
        "VERSION": 2,
        "OPTIONS": {
            # Not pickles: who writes to Redis would run code in every process that reads.
            "SERIALIZER": "storefront.caches.json.JSONSerializer",
            "IGNORE_EXCEPTIONS": True,
            "CONNECTION_POOL_CLASS": "storefront.caches.redis.CircuitBreakerConnectionPool",
            "SOCKET_CONNECT_TIMEOUT": REDIS_TIMEOUT,
            "SOCKET_TIMEOUT": REDIS_TIMEOUT,
        },
    }
