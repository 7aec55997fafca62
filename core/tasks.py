from celery import shared_task
from django.core.management import call_command

from .services import sign_ins
from .services.sessions import purge_sessions


@shared_task
def purge_expired_tokens() -> None:
    """Delete refresh tokens that have run out, revoked or not."""
    call_command("flushexpiredtokens")


@shared_task
def purge_expired_sessions() -> None:
    """Delete the sessions that have run out, of tokens and of browsers."""
    call_command("clearsessions")
    purge_sessions()


@shared_task
def purge_attempts() -> None:
    """Forget passwords that were tried, and networks that signed in, long ago."""
    sign_ins.purge_attempts()
