from typing import Any

from django.core.management.base import BaseCommand

from store.services.campaigns import close_campaigns


class Command(BaseCommand):
    help = "Keep the final numbers of campaigns, before their mails are deleted. For cron, where no beat runs."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Campaigns closed: {close_campaigns()}.")
