from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.management.base import BaseCommand, CommandError
from redis import RedisError
from redis.connection import parse_url

from store.models.versions import ASSORTMENT, CATALOG, SALES, Version
from storefront.caches.redis import Entry, SharedRedisCache

KINDS = "  {:>10} {:>10}  {}"
KEYS = "  {:>10} {:>10} {:>10}  {}"


class Command(BaseCommand):
    help = (
        "Show what is cached: how much of which kind, in Redis where there is one, and the versions "
        "in the database that say what of it, and of what each process caches, still holds."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--keys", action="store_true", help="show each key, its size and its age"
        )

    def handle(self, *args: Any, keys: bool, **options: Any) -> None:
        cache = caches["default"]
        if isinstance(cache, SharedRedisCache):
            self.show_redis(cache, keys)
        else:
            self.stdout.write(
                "Cache: in the memory of each process, into which no other process looks."
            )
        self.stdout.write(
            f"Catalogue: up to {settings.STORE_CATALOG_MEMORY} MB in each web process, "
            f"version {version_of(ASSORTMENT, CATALOG)}."
        )
        self.stdout.write(f"Reports: in the cache, version {version_of(SALES)}.")

    def show_redis(self, cache: SharedRedisCache, has_keys: bool) -> None:
        place = place_of(settings.CACHES["default"]["LOCATION"])
        try:
            entries = sorted(cache.entries(), key=lambda entry: entry.key)
        except RedisError as error:
            raise CommandError(f"The Redis at {place} does not answer: {error}") from error
        self.stdout.write(f"Cache: {len(entries)} entries in the Redis at {place}.")
        if entries and has_keys:
            self.stdout.write(KEYS.format("bytes", "s left", "s unread", "key"))
            for key, *facts in entries:
                self.stdout.write(
                    KEYS.format(*("-" if fact is None else fact for fact in facts), key)
                )
        elif entries:
            self.stdout.write(KINDS.format("entries", "bytes", "kind"))
            for kind, found in sorted(by_kind(entries).items()):
                size = sum(entry.size or 0 for entry in found)
                self.stdout.write(KINDS.format(len(found), size, kind))


def by_kind(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Return the entries by the first word of their keys, such as report and throttle."""
    kinds: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        kinds[entry.key.replace(":", "_").partition("_")[0]].append(entry)
    return kinds


def place_of(url: str) -> str:
    """Return the address of a Redis without its password."""
    parsed: dict[str, Any] = parse_url(url)
    server = parsed.get("path") or f"{parsed.get('host', 'localhost')}:{parsed.get('port', 6379)}"
    return f"{server}, database {parsed.get('db', 0)}"


def version_of(*scopes: str) -> str:
    """Return a short word that changes with every change of these."""
    return sha256(repr(Version.objects.current(*scopes)).encode()).hexdigest()[:8]
