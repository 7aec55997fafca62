import logging
from threading import Lock
from time import monotonic
from typing import Any

from celery.exceptions import OperationalError
from django.conf import settings

from .. import tasks
from ..models import Mail

logger = logging.getLogger(__name__)


class Calls:
    """When this process has called for the workers, so that a busy shop does so twice a second at most.

    The first mail after a quiet second is sent at once. Those that follow within a second share a sweep,
    which begins after the last of them was committed.
    """

    # Seconds.
    SPAN = 1.0

    def __init__(self) -> None:
        self.lock = Lock()
        self.forget()

    def forget(self) -> None:
        self.quiet_from = self.sweep_at = float("-inf")

    def for_mail(self) -> str | None:
        """Say what to call for: to send this mail, a sweep in a SPAN, or nothing but the one to come."""
        with self.lock:
            now = monotonic()
            if now < self.sweep_at:
                return None
            call = "send" if now >= self.quiet_from else "sweep"
            self.quiet_from = now + self.SPAN
            if call == "sweep":
                self.sweep_at = self.quiet_from
            return call


calls = Calls()


def send_soon(mail: Mail | None, **kwargs: Any) -> None:
    """Have a worker send what was queued; where no broker takes the task, the sweep finds the mail."""
    try:
        if mail is None:
            tasks.send_due_mails.delay()
        elif settings.CELERY_TASK_ALWAYS_EAGER:
            tasks.send_mail.delay(mail.pk)
        else:
            call_for(mail)
    except OperationalError as error:
        calls.forget()
        logger.warning("No broker takes tasks, mails wait for the sweep: %s", error)


def call_for(mail: Mail) -> None:
    match calls.for_mail():
        case "send":
            tasks.send_mail.delay(mail.pk)
        case "sweep":
            tasks.send_due_mails.apply_async(countdown=calls.SPAN)
