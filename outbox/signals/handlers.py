from typing import Any

from .. import tasks
from ..calls import Dispatcher
from ..models import Mail
from ..services import send_mail

dispatcher = Dispatcher(
    "mail",
    send=tasks.send_mail,
    sweep=tasks.send_due_mails,
    send_here=lambda mail_id: send_mail(mail_id=mail_id),
)


def send_soon(mail: Mail | None, **kwargs: Any) -> None:
    """Have a worker send what was queued."""
    dispatcher.call(mail.pk if mail else None)
