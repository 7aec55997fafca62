from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch
from django.utils import timezone
from rest_framework.response import Response

from storefront.caches.middleware import USUAL

from ..cache_versions import catalog_version
from .responses import CachedResponse, Generation
from .routes import SHOWN_STOCK, cache_key, is_versioned, stock_shown

# A browser or a proxy may store it too, and must ask each time whether it still holds.
SHARED = {"Cache-Control": "public, no-cache", "Vary": "Accept, Authorization, Cookie"}


class CatalogCacheMiddleware:
    """Sends a visitor the cached response of another one, while its cache version stays.

    Each process stores its own, up to STORE_CATALOG_MEMORY; none is older than STORE_CATALOG_CACHE_SECONDS.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.generation: Generation | None = None
        self.matches: dict[str, ResolverMatch] = {}

    def __call__(self, request: Any) -> HttpResponse:
        key = request.catalog_cache_key = cache_key(request)
        if key is None:
            return self.get_response(request)
        if cached := self.cached_response(key):
            # The metrics go by the name of the route.
            request.resolver_match = cached.match
            return cached.response()
        response = self.get_response(request)
        if self.is_cached_route(request) and is_everybodys(response):
            share(response)
            self.store(key, request, response)
        return response

    def process_view(self, request: Any, *view: Any) -> None:
        """Read the version before the view reads the rows, which are then never older."""
        is_cached = request.catalog_cache_key is not None and self.is_cached_route(request)
        if is_cached and settings.STORE_CATALOG_MEMORY:
            # With the database away it is the view that says so.
            with suppress(Error):
                request.catalog_asked_at = timezone.now()
                request.catalog_version = catalog_version()

    def is_cached_route(self, request: HttpRequest) -> bool:
        match = request.resolver_match
        return match is not None and match.view_name in SHOWN_STOCK

    def cached_response(self, key: tuple[str, ...]) -> CachedResponse | None:
        """Return the cached response, if its version is still the one in the database."""
        generation = self.generation
        cached = generation and generation.get(key)
        if not generation or not cached:
            return None
        with suppress(Error):
            version = catalog_version(cached.stock)
            if generation.holds(version) and version.stock == cached.stock:
                return cached
        return None

    def store(self, key: tuple[str, ...], request: Any, response: Any) -> None:
        version = getattr(request, "catalog_version", None)
        match = request.resolver_match
        if version is None or request.method != "GET" or not is_versioned(match, request.GET):
            return
        stock = stock_shown(match, response.data)
        if stock is None:
            return
        with suppress(Error):
            # The one that is put in place here, whatever another thread puts there meanwhile.
            generation = self.generation
            if generation is None or not generation.holds(version):
                generation = self.generation = Generation(version, request.catalog_asked_at)
            generation.put(key, CachedResponse.of(response, stock, self.bare(match), key))

    def bare(self, match: ResolverMatch) -> ResolverMatch:
        """Return a route's match without its arguments, one for all: a whole one is larger than most responses."""
        apps: list[str | None] = [*match.app_names]
        spaces: list[str | None] = [*match.namespaces]
        plain = ResolverMatch(match.func, (), {}, match.url_name, apps, spaces, match.route)
        return self.matches.setdefault(match.view_name, plain)


def is_everybodys(response: HttpResponse) -> bool:
    """Tell whether a view answers all visitors alike, and leaves it to the cache to say so."""
    varies = {name.strip().lower() for name in response.get("Vary", "").split(",")}
    is_plain = isinstance(response, Response) and response.status_code == 200
    return (
        is_plain
        and not response.cookies
        and response.get("Cache-Control", USUAL) == USUAL
        and varies <= {"", "accept", "authorization", "cookie"}
    )


def share(response: HttpResponse) -> None:
    """Declare a response public, and set its ETag."""
    for name, value in SHARED.items():
        response[name] = value
    response["ETag"] = f'"{blake2b(response.content, digest_size=16).hexdigest()}"'
