from typing import Any

from django.core.management.base import BaseCommand

from store.services.idempotency import purge_keys


class Command(BaseCommand):
    help = "Delete the idempotency keys that are a day old. For cron, where no beat runs."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Keys deleted: {purge_keys()}.")
