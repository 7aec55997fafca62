from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from store.models import Product
from store.services.stock_movements import settle_stock, wrong_stocks

# Products that are named one by one.
NAMED = 20


class Command(BaseCommand):
    help = (
        "Check that the movements of each product add up to its stock. They do not where plain SQL has "
        "written the stock; --settle records what is missing as corrections."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--settle", action="store_true", help="record what is missing")

    def handle(self, *args: Any, settle: bool = False, **options: Any) -> None:
        count, wrong, after = Product.objects.count(), 0, 0
        while products := wrong_stocks(after=after):
            for product in products:
                wrong += 1
                if wrong <= NAMED:
                    moved = f"movements {product.moved}, stock {product.inventory}"
                    self.stdout.write(f"{product.pk} {product}: {moved}")
                if settle:
                    settle_stock(product=product)
            after = products[-1].pk
        if wrong and not settle:
            raise CommandError(f"The stock of {wrong} of {count} products does not add up.")
        settled = f"; {wrong} settled" if wrong else ""
        self.stdout.write(f"The stock of {count} product{'s' * (count != 1)} adds up{settled}.")
