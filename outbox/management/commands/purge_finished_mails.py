from typing import Any

from django.core.management.base import BaseCommand

from outbox.services import purge_finished_mails


class Command(BaseCommand):
    help = "Delete mails that were sent or given up long ago. For cron, where no beat runs."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Mails deleted: {purge_finished_mails()}.")
