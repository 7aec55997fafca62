from typing import Any

from django.core.management.base import BaseCommand

from store.models.versions import invalidate_catalog


class Command(BaseCommand):
    help = "Invalidate what is cached of the catalogue after plain SQL, so that every process reads it again."

    def handle(self, *args: Any, **options: Any) -> None:
        invalidate_catalog()
