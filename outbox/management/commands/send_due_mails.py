from typing import Any

from django.core.management.base import BaseCommand

from outbox.services import send_due_mails


class Command(BaseCommand):
    help = "Send what is due in the outbox. For cron, where no beat runs."

    def handle(self, **options: Any) -> None:
        sweep = send_due_mails()
        total = sweep.sent
        while sweep.is_more:
            sweep = send_due_mails()
            total += sweep.sent
        self.stdout.write(f"Sent {total} mails.")
