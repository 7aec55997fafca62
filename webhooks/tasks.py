from celery import shared_task
from django.db import OperationalError

from .services import deliveries


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True)
def deliver_to(endpoint_id: int) -> None:
    """Send what is due at one endpoint; what is left after a turn, behind what waits for the worker."""
    if deliveries.deliver_to(endpoint_id=endpoint_id):
        deliver_to.delay(endpoint_id)


@shared_task
def send_due_deliveries() -> None:
    """Send what is due: deliveries to be tried again, and those whose task or worker was lost."""
    for endpoint_id in deliveries.endpoints_due():
        # What comes again in a minute need not pile up where no worker is.
        deliver_to.apply_async((endpoint_id,), expires=60)


@shared_task
def purge_webhook_events() -> None:
    """Delete old events with the log of their deliveries."""
    deliveries.purge_events()
