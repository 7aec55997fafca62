from collections import Counter
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.management.base import BaseCommand

from store.services.pictures import stored_pictures, strip_stored_picture


class Command(BaseCommand):
    help = (
        "Take the metadata, such as where they were taken, out of stored pictures. Each that had any gets "
        "another address; its old file is removed. May be repeated at any time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        counts = Counter(self.strip(name) for name in stored_pictures())
        self.stdout.write(
            f"Pictures stripped: {counts['stripped']}, clean before: {counts['clean']}, "
            f"left as they are: {counts['left']}."
        )

    def strip(self, name: str) -> str:
        try:
            return "stripped" if strip_stored_picture(name=name) else "clean"
        # Not there, broken, or a name that leads out of the storage.
        except (OSError, ValueError, SuspiciousOperation) as error:
            self.stderr.write(f"{name}: {error}")
            return "left"
