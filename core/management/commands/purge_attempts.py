from typing import Any

from django.core.management.base import BaseCommand

from core.services.sign_ins import purge_attempts


class Command(BaseCommand):
    help = (
        "Forget passwords that were tried, and networks that signed in, long ago. "
        "For cron, where no beat runs."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Rows deleted: {purge_attempts()}.")
