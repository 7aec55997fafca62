from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from store.services.catalog import round_prices


class Command(BaseCommand):
    help = (
        "Round the prices of products that have more decimals than STORE_CURRENCY, half-up. "
        "Orders that were placed stay as they are."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = round_prices()
        self.stdout.write(
            f"Prices rounded to the minor unit of {settings.STORE_CURRENCY}: {count}."
        )
