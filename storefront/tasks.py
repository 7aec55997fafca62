from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from .models import FormSubmission

# Nobody sends the same showing of a form again after that.
KEPT = timedelta(days=1)


@shared_task
def purge_form_submissions() -> None:
    """Forget which forms of the admin were saved long ago."""
    FormSubmission.objects.filter(made_at__lt=timezone.now() - KEPT).delete()
