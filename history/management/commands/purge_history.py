from typing import Any

from django.core.management.base import BaseCommand

from history.services import purge_history


class Command(BaseCommand):
    help = "Delete the records of changes that are older than HISTORY_DAYS. For cron, where no beat runs."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Changes deleted: {purge_history()}.")
