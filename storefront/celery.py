"""The Celery application: `celery -A storefront worker`, `beat` and `flower` start from it."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings
from django.utils.log import configure_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.settings.prod")

app = Celery("storefront")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_logging(**kwargs: Any) -> None:
    """Leave the log lines of worker, beat and Flower as LOGGING wants them; Celery would set up its own."""
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
