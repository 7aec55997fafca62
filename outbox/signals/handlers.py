import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from time import monotonic
from typing import Any

from celery.exceptions import OperationalError
from django.conf import settings
from django.db import connections

from .. import tasks
from ..models import Mail
from ..services import send_mail

logger = logging.getLogger(__name__)


class RateLimitedCalls:
    """Limits how often this process calls for the workers: twice a second at most.

    The first mail after a quiet second is sent at once. Those that follow within a second share a sweep,
    which begins after the last of them was committed.
    """

    # Seconds.
    INTERVAL = 1.0

    def __init__(self) -> None:
        self.lock = Lock()
        self.reset()

    def reset(self) -> None:
        self.quiet_from = self.sweep_at = float("-inf")

    def for_mail(self) -> str | None:
        """Return what to call for: to send this mail, a sweep after the interval, or nothing where one is due."""
        with self.lock:
            now = monotonic()
            if now < self.sweep_at:
                return None
            call = "send" if now >= self.quiet_from else "sweep"
            self.quiet_from = now + self.INTERVAL
            if call == "sweep":
                self.sweep_at = self.quiet_from
            return call


calls = RateLimitedCalls()
# Where no worker is: the response waits for no mail server, and its time does not tell whether there is a mail.
in_background = ThreadPoolExecutor(max_workers=1, thread_name_prefix="outbox")


def send_soon(mail: Mail | None, **kwargs: Any) -> None:
    """Have a worker send what was queued; where no broker takes the task, the sweep finds the mail."""
    try:
        if mail is None:
            tasks.send_due_mails.delay()
        elif settings.OUTBOX_IN_BACKGROUND:
            in_background.submit(send_here, mail.pk)
        elif settings.CELERY_TASK_ALWAYS_EAGER:
            tasks.send_mail.delay(mail.pk)
        else:
            call_for(mail)
    except OperationalError as error:
        calls.reset()
        logger.warning("No broker takes tasks, mails wait for the sweep: %s", error)


def send_here(mail_id: int) -> None:
    """Send a mail in this process; one that fails waits for the sweep."""
    try:
        send_mail(mail_id=mail_id)
    except Exception:
        logger.exception("Mail %s waits for the sweep", mail_id)
    finally:
        connections.close_all()


def call_for(mail: Mail) -> None:
    match calls.for_mail():
        case "send":
            tasks.send_mail.delay(mail.pk)
        case "sweep":
            tasks.send_due_mails.apply_async(countdown=calls.INTERVAL)
