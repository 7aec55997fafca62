from typing import Any

from django.core.management.base import BaseCommand

from store.services.personal_data import erase_old_addresses


class Command(BaseCommand):
    help = "Take the address off orders of deleted accounts that are older than STORE_ADDRESS_RETENTION. For cron, where no beat runs."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Orders without their address: {erase_old_addresses()}.")
