from typing import Any

from django.core.management.base import BaseCommand

from store.services.carts import purge_carts


class Command(BaseCommand):
    help = "Delete the carts that nobody has touched for STORE_CART_LIFETIME. For cron, where no beat runs."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Carts deleted: {purge_carts()}.")
