from collections.abc import Hashable, Mapping
from contextlib import suppress
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import NamedTuple

from cachetools import LRUCache
from django.conf import settings
from django.http import HttpResponse
from django.urls import ResolverMatch
from django.utils import timezone

from ..cache_versions import CatalogVersion
from ..models import Promotion

# Bytes that a response takes beside its body, as measured: its headers and its key.
OVERHEAD = 1500


class CachedResponse(NamedTuple):
    content: bytes
    headers: Mapping[str, str]
    # Of the products that it shows, by id.
    stock: Mapping[int, int]
    # What the metrics name it by.
    match: ResolverMatch

    @classmethod
    def of(
        cls, response: HttpResponse, stock: Mapping[int, int], match: ResolverMatch
    ) -> "CachedResponse":
        # Copied, because orjson leaves its buffer of 4 KB around a small body.
        return cls(bytes(memoryview(response.content)), dict(response.items()), stock, match)

    @property
    def size(self) -> int:
        return len(self.content) + OVERHEAD

    def response(self) -> HttpResponse:
        return HttpResponse(self.content, headers=dict(self.headers))


class Generation:
    """The responses that were made under one version of the catalogue, while no promotion began or ended."""

    def __init__(self, version: CatalogVersion) -> None:
        self.version = version
        self.expires_at = monotonic() + settings.STORE_CATALOG_CACHE_SECONDS
        self.next_change: datetime | None = Promotion.objects.next_change(after=timezone.now())
        room = settings.STORE_CATALOG_MEMORY * 2**20
        self.responses: LRUCache[Hashable, CachedResponse] = LRUCache(
            room, getsizeof=lambda response: response.size
        )
        self.lock = Lock()

    def holds(self, version: CatalogVersion) -> bool:
        return (
            self.version.catalog == version.catalog
            and self.version.assortment == version.assortment
            and monotonic() < self.expires_at
            and (self.next_change is None or timezone.now() < self.next_change)
        )

    def get(self, key: Hashable) -> CachedResponse | None:
        with self.lock:
            return self.responses.get(key)

    def put(self, key: Hashable, response: CachedResponse) -> None:
        # What is larger than all the room is not stored.
        with self.lock, suppress(ValueError):
            self.responses[key] = response
