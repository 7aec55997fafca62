from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from store_custom.seeding.people import ACCOUNTS, MAIL_DOMAIN, PASSWORD, seeded_users
from store_custom.seeding.pictures import fill_pool
from store_custom.seeding.shop import empty_shop, fill_shop, has_goods, is_seeded

NO_ACCOUNTS = (
    "Nobody can sign in with an account of the seed outside of development; "
    "createsuperuser makes one for you."
)
MIN_PRODUCTS, MAX_PRODUCTS = 10, 1_000_000


class Command(BaseCommand):
    help = (
        "Fill the shop with demonstration data: 10 collections, products with pictures, promotions "
        "and tags, 200 customers, 2,000 orders of the last year, reviews and likes. The data are "
        "the same each time. A shop that has data is left alone unless you say --reset. In "
        "development the accounts have a password that everybody knows; elsewhere nobody can sign "
        "in to one, and none is of staff."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--products",
            type=int,
            default=1000,
            metavar="N",
            help=f"number of products, {MIN_PRODUCTS} to {MAX_PRODUCTS:,} (default: 1,000); "
            "customers, orders, reviews and likes stay as many",
        )
        parser.add_argument(
            "--reset",
            action="store_true",
            help="first delete the catalogue, orders, reviews, carts, tags, likes and the seeded "
            "users, whoever made them; users that you made stay",
        )

        parser.add_argument(
            "--catalog-only",
            action="store_true",
            help="collections, products, pictures, promotions and tags, and nobody's accounts",
        )

    def handle(
        self,
        *,
        products: int,
        reset: bool,
        verbosity: int,
        catalog_only: bool = False,
        **options: Any,
    ) -> None:
        if not MIN_PRODUCTS <= products <= MAX_PRODUCTS:
            raise CommandError(
                f"--products must be from {MIN_PRODUCTS} to {MAX_PRODUCTS:,}, not {products:,}."
            )
        if not reset and is_seeded():
            self.say(verbosity, "The shop is seeded already; --reset seeds it again.")
        elif not reset and has_goods():
            self.say(
                verbosity,
                "The shop holds products that are not from seed_db, so nothing was changed. "
                "To delete them and seed the shop, run seed_db --reset.",
            )
            return
        else:
            self.seed(products, reset, verbosity, catalog_only)
            self.say(verbosity, f"Seeded {products:,} products.")
        if not settings.SEED_KNOWN_PASSWORDS:
            self.say(verbosity, NO_ACCOUNTS)
        elif not catalog_only:
            self.print_accounts(verbosity)

    def seed(self, products: int, reset: bool, verbosity: int, catalog_only: bool) -> None:
        # Before the transaction: pictures take a moment, and the pool can stay if the rest fails.
        fill_pool()
        # None: no bar where nobody watches.
        disable = True if verbosity == 0 else None
        with (
            tqdm(total=products, unit=" products", disable=disable) as bar,
            transaction.atomic(),
        ):
            if reset:
                empty_shop()
            fill_shop(products=products, advance=bar.update, catalog_only=catalog_only)

    def print_accounts(self, verbosity: int) -> None:
        seeded = set(
            seeded_users().filter(username__in=ACCOUNTS).values_list("username", flat=True)
        )
        self.say(verbosity, "\nDemo accounts")
        for name, purpose in ACCOUNTS.items():
            password = PASSWORD if name in seeded else "(not from the seed)"
            self.say(verbosity, f"  {name:<10}{password:<21}{purpose}")
        self.say(
            verbosity,
            f"  Every customer with an address at {MAIL_DOMAIN} has the same password.\n"
            "\nOnce the shop is served: / leads to everything, /admin/ is for staff, "
            "/api/docs/ for developers.",
        )

    def say(self, verbosity: int, text: str) -> None:
        if verbosity:
            self.stdout.write(text)
