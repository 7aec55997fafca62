"""The shop as a WSGI application that soon asks a cache again that was away."""

from storefront.caches import redis
from storefront.wsgi import application

__all__ = ["application"]

redis.RETRY_SECONDS = 1
