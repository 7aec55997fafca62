from typing import Any

from django.core.management.base import BaseCommand

from webhooks.services.deliveries import purge_events


class Command(BaseCommand):
    help = "Delete webhook events older than WEBHOOK_RETENTION. For cron, where no beat runs."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Events deleted: {purge_events()}.")
