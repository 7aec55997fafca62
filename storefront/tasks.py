from celery import shared_task

from .admin import submissions
from .limits import counters


@shared_task
def purge_form_submissions() -> None:
    """Forget which forms of the admin were saved long ago."""
    submissions.purge_submissions()


@shared_task
def purge_hit_counts() -> None:
    """Forget what was counted in periods that are over."""
    counters.purge_hit_counts()
