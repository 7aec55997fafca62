from typing import Any

from django.core.management.base import BaseCommand

from storefront.admin.submissions import purge_submissions


class Command(BaseCommand):
    help = "Forget which forms of the admin were saved long ago. For cron, where no beat runs."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Forms forgotten: {purge_submissions()}.")
