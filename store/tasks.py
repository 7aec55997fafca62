from typing import Any

from celery import shared_task
from django.db import OperationalError

from .services import campaigns


@shared_task(bind=True, autoretry_for=(OperationalError,), retry_backoff=True)
def send_campaign(task: Any, campaign_id: int) -> None:
    """Queue the next mails of a campaign, then leave the rest to another task, behind what waits."""
    while campaigns.queue_campaign_batch(campaign_id=campaign_id):
        # In the process that queued it there is nobody to take turns with, and a stack to fill.
        if not task.request.is_eager:
            task.delay(campaign_id)
            return


@shared_task
def resume_campaigns() -> None:
    """Start each campaign anew whose task was lost."""
    for campaign_id in campaigns.resume_campaigns():
        send_campaign.delay(campaign_id)


@shared_task
def close_campaigns() -> None:
    """Keep the final numbers of campaigns, before their mails are deleted."""
    campaigns.close_campaigns()
