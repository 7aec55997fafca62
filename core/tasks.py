from celery import shared_task
from django.core.management import call_command


@shared_task
def purge_expired_tokens() -> None:
    """Delete refresh tokens that have run out, revoked or not."""
    call_command("flushexpiredtokens")


@shared_task
def purge_expired_sessions() -> None:
    """Delete the sessions of staff that have run out."""
    call_command("clearsessions")
