from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS

from storefront.sequences import advance_sequences


class Command(BaseCommand):
    help = (
        "Move the sequences of ids behind the ids in use, after rows with ids were loaded by plain SQL. "
        "Only PostgreSQL needs it; it may be repeated at any time, beside a shop that writes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS)

    def handle(self, *args: Any, database: str, **options: Any) -> None:
        tables = advance_sequences(database, apps.get_models(include_auto_created=True))
        for table in tables:
            self.stdout.write(table)
        self.stdout.write(f"Sequences moved: {len(tables)}.")
