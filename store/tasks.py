from typing import Any

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from .services import (
    campaigns,
    carts,
    idempotency,
    imports,
    payments,
    personal_data,
    picture_sizes,
    report_mails,
    stock_mails,
    stock_movements,
    words,
)

# Seconds after which a task leaves an import to another, behind what waits.
IMPORT_SECONDS = 60


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
    """Start each campaign again whose task was lost."""
    for campaign_id in campaigns.resume_campaigns():
        send_campaign.delay(campaign_id)


@shared_task
def close_campaigns() -> None:
    """Keep the final numbers of campaigns, before their mails are deleted."""
    campaigns.close_campaigns()


@shared_task(bind=True, autoretry_for=(OperationalError,), retry_backoff=True)
def work_on_import(task: Any, run_id: int) -> None:
    """Check, apply or take back an import for a while, then leave the rest to another task."""
    while imports.advance_import(run_id=run_id, seconds=IMPORT_SECONDS):
        if not task.request.is_eager:
            task.delay(run_id)
            return


@shared_task
def resume_imports() -> None:
    """Go on with each import whose task was lost."""
    for run_id in imports.resume_imports():
        work_on_import.delay(run_id)


@shared_task
def purge_imports() -> None:
    """Delete the imports that are older than STORE_IMPORT_RETENTION."""
    imports.purge_imports()


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True)
def send_sales_report() -> None:
    """Queue the sales of last week to ADMINS; run again in the same week it queues nothing."""
    report_mails.queue_sales_report(today=timezone.now().date())


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True)
def send_low_stock_mail() -> None:
    """Queue the mail of what has become low on stock; run again it tells nothing twice."""
    stock_mails.queue_low_stock_mail()


@shared_task
def purge_carts() -> None:
    """Delete the carts that nobody has touched for STORE_CART_LIFETIME."""
    carts.purge_carts()


@shared_task
def join_stock_movements() -> None:
    """Join the stock movements of each product that are older than HISTORY_DAYS."""
    stock_movements.join_old_movements()


@shared_task
def purge_idempotency_keys() -> None:
    """Delete the idempotency keys that are a day old."""
    idempotency.purge_keys()


@shared_task
def refund_payments() -> None:
    """Give back what was paid for nothing: after the commit that found it, and again every minute."""
    payments.refund_payments()


@shared_task
def cancel_overdue_orders() -> None:
    """Cancel the orders whose payment stays open for too long."""
    payments.cancel_overdue_orders()


@shared_task
def erase_old_addresses() -> None:
    """Take the address off old orders of deleted accounts."""
    personal_data.erase_old_addresses()


@shared_task
def learn_words() -> None:
    """Collect the words of the products, for searches with a mistake in a word."""
    words.learn_words()


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True)
def make_sizes_of_image(name: str) -> None:
    """Make the sizes of a picture that was stored."""
    picture_sizes.make_picture_sizes(name=name)


@shared_task
def make_image_sizes() -> None:
    """Make the sizes of some pictures that have none."""
    picture_sizes.make_missing_sizes()
