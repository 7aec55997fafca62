from argparse import ArgumentParser
from typing import Any

from django.core.cache import caches
from django.core.management.base import BaseCommand, CommandError

from store.models.versions import invalidate_catalog, invalidate_sales
from storefront.caches.redis import SharedRedisCache
from storefront.models import HitCount

# Patterns of the keys.
PARTS = {"reports": "report:*", "throttles": "throttle_*"}
CATALOG = "catalog"


class Command(BaseCommand):
    help = (
        "Delete what is cached. Nothing is lost: catalogue and reports are read again, and throttles "
        "count from nothing. Of a Redis that is shared it deletes the cache's keys only, never the queue."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--only",
            action="append",
            choices=[CATALOG, *PARTS],
            help="delete this part; may be given more than once",
        )

    def handle(self, *args: Any, only: list[str] | None, **options: Any) -> None:
        patterns = [PARTS[part] for part in only if part in PARTS] if only else ["*"]
        if patterns:
            self.flush(patterns)
        if not only or "throttles" in only:
            HitCount.objects.all().delete()
        if not only or CATALOG in only:
            invalidate_catalog()
            self.stdout.write("Catalogue: each process reads it again with its next request.")
        if not only or "reports" in only:
            # Reports in the memory of other processes are out of reach, and now out of date.
            invalidate_sales()
            self.stdout.write("Reports: each is computed again.")

    def flush(self, patterns: list[str]) -> None:
        cache = caches["default"]
        if not isinstance(cache, SharedRedisCache):
            self.stdout.write("Cache: in the memory of each process, out of reach.")
            return
        deleted = [cache.delete_pattern(pattern) for pattern in patterns]
        if None in deleted:
            raise CommandError("Redis does not answer.")
        self.stdout.write(f"Cache: {sum(deleted)} entries deleted.")
