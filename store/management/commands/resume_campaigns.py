from typing import Any

from django.core.management.base import BaseCommand

from store.services.campaigns import resume_campaigns
from store.tasks import send_campaign


class Command(BaseCommand):
    help = "Start each campaign again whose task was lost. For cron, where no beat runs."

    def handle(self, *args: Any, **options: Any) -> None:
        campaigns = resume_campaigns()
        for campaign_id in campaigns:
            send_campaign.delay(campaign_id)
        self.stdout.write(f"Campaigns resumed: {len(campaigns)}.")
