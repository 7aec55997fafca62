from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from threading import Lock
from typing import NamedTuple

from cachetools import LRUCache
from django.conf import settings
from django.http import HttpResponse
from django.urls import ResolverMatch
from django.utils import timezone

from ..cache_versions import CatalogVersion
from ..models import Promotion

# Bytes that a response takes beside its body and its key, as measured: its headers, and each product's stock.
OVERHEAD = 1500
STOCK = 120

# A cache key: what all requests have in common that get the same response.
Key = tuple[str, ...]


class CachedResponse(NamedTuple):
    content: bytes
    headers: Mapping[str, str]
    # Of the products that it shows, by id.
    stock: Mapping[int, int]
    # What the metrics name it by.
    match: ResolverMatch
    # In memory, with its key.
    size: int

    @classmethod
    def of(
        cls, response: HttpResponse, stock: Mapping[int, int], match: ResolverMatch, key: Key
    ) -> "CachedResponse":
        # Copied, because orjson leaves its buffer of 4 KB around a small body.
        content = bytes(memoryview(response.content))
        size = len(content) + sum(map(len, key)) + len(stock) * STOCK + OVERHEAD
        return cls(content, dict(response.items()), stock, match, size)

    def response(self) -> HttpResponse:
        return HttpResponse(self.content, headers=self.headers)


class Generation:
    """The responses that were made under one version of the catalogue, while no promotion began or ended.

    Since the moment at which the first of them was asked for: it may have been priced then.
    """

    def __init__(self, version: CatalogVersion, since: datetime) -> None:
        self.version = version
        self.next_change: datetime | None = Promotion.objects.next_change(after=since)
        maxsize = settings.STORE_CATALOG_MEMORY * 2**20
        self.responses: LRUCache[Key, CachedResponse] = LRUCache(
            maxsize, getsizeof=lambda response: response.size
        )
        self.lock = Lock()

    def holds(self, version: CatalogVersion) -> bool:
        return (
            self.version.catalog == version.catalog
            and self.version.assortment == version.assortment
            and self.version.period == version.period
            and (self.next_change is None or timezone.now() < self.next_change)
        )

    def get(self, key: Key) -> CachedResponse | None:
        with self.lock:
            return self.responses.get(key)

    def put(self, key: Key, response: CachedResponse) -> None:
        # A response that is larger than the whole cache is not stored.
        with self.lock, suppress(ValueError):
            self.responses[key] = response
