from typing import Any

from django.core.management.base import BaseCommand

from store.services.payments import cancel_overdue_orders


class Command(BaseCommand):
    help = "Cancel the orders whose payment stays open for longer than STORE_PAYMENT_TIMEOUT. For cron, where no beat runs."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Orders cancelled: {cancel_overdue_orders()}.")
