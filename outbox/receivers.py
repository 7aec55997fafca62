import logging
from typing import Any

from celery.exceptions import OperationalError

from . import tasks
from .models import Mail

logger = logging.getLogger(__name__)


def send_soon(mail: Mail | None, **kwargs: Any) -> None:
    """Have a worker send what was queued; where no broker takes the task, the sweep finds the mail."""
    try:
        if mail:
            tasks.send_mail.delay(mail.pk)
        else:
            tasks.send_due_mails.delay()
    except OperationalError as error:
        logger.warning("No broker takes tasks, mails wait for the sweep: %s", error)
