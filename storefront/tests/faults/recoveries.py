"""The shop as a WSGI application that soon asks a cache again that was away."""

from core import caches
from storefront.wsgi import application

__all__ = ["application"]

caches.AWAY_SECONDS = 1
