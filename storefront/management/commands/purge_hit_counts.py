from typing import Any

from django.core.management.base import BaseCommand

from storefront.limits.counters import purge_hit_counts


class Command(BaseCommand):
    help = "Delete what was counted in periods that are over. For cron, where no beat runs."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Counts deleted: {purge_hit_counts()}.")
