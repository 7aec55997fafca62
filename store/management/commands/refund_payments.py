from typing import Any

from django.core.management.base import BaseCommand

from store.services.payments import refund_payments


class Command(BaseCommand):
    help = "Give back what was paid for nothing. For cron, where no beat runs."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Payments given back: {refund_payments()}.")
