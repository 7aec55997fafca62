from celery import shared_task
from django.db import OperationalError

from . import services


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True)
def send_mail(mail_id: int) -> None:
    """Send one mail of the outbox, unless another worker has it or it is done."""
    services.send_mail(mail_id=mail_id)


@shared_task
def send_due_mails() -> None:
    """Send what is due: batches, mails to be tried again, mails whose task or worker was lost."""
    if services.send_due_mails().is_more:
        send_due_mails.delay()


@shared_task
def purge_finished_mails() -> None:
    """Delete mails that were sent or given up long ago."""
    services.purge_finished_mails()
