from typing import Any

from . import tasks
from .models import Mail


def send_soon(mail: Mail | None, **kwargs: Any) -> None:
    """Have a worker send what was queued; where no broker takes the task, the sweep finds the mail."""
    if mail:
        tasks.send_mail.delay(mail.pk)
    else:
        tasks.send_due_mails.delay()
