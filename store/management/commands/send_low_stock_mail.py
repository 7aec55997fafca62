from typing import Any

from django.core.management.base import BaseCommand

from store.services.stock_mails import queue_low_stock_mail


class Command(BaseCommand):
    help = (
        "Queue a mail to STORE_STOCK_MAILS, or ADMINS, of what has become low on stock since the last one. "
        "For cron, where no beat runs."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Mails queued: {queue_low_stock_mail()}.")
