from typing import Any

from django.core.management.base import BaseCommand

from outbox.services import BATCH, send_due_mails


class Command(BaseCommand):
    help = "Send what is due in the outbox. For cron, where no beat runs."

    def handle(self, **options: Any) -> None:
        total = 0
        while sent := send_due_mails():
            total += sent
            if sent < BATCH:
                break
        self.stdout.write(f"Sent {total} mails.")
