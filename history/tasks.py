from celery import shared_task

from . import services


@shared_task
def purge_history() -> None:
    """Delete the records of changes that are older than HISTORY_DAYS."""
    services.purge_history()
