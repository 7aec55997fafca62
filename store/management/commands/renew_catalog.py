from typing import Any

from django.core.management.base import BaseCommand

from store.models.versions import renew_catalog


class Command(BaseCommand):
    help = (
        "Say that plain SQL has changed the catalogue, so that no process shows what it was before."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        renew_catalog()
