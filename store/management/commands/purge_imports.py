from typing import Any

from django.core.management.base import BaseCommand

from store.services.imports import purge_imports


class Command(BaseCommand):
    help = "Delete the imports that are older than STORE_IMPORT_RETENTION. For cron, where no beat runs."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Imports deleted: {purge_imports()}.")
