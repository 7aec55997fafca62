from typing import Any

from django.core.management.base import BaseCommand

from store.services.stock_movements import join_old_movements


class Command(BaseCommand):
    help = (
        "Join the stock movements of each product that are older than HISTORY_DAYS into one. "
        "For cron, where no beat runs."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Movements joined: {join_old_movements()}.")
