from celery import shared_task

from .admin import submissions


@shared_task
def purge_form_submissions() -> None:
    """Forget which forms of the admin were saved long ago."""
    submissions.purge_submissions()
