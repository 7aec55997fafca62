from collections.abc import Iterable
from typing import Any

from outbox.calls import Dispatcher

from .. import tasks
from ..services.deliveries import deliver_to


def send_here(endpoint_id: int) -> None:
    """Send what is due at one endpoint; what is left after a turn, behind what waits for the threads."""
    if deliver_to(endpoint_id=endpoint_id):
        dispatcher.call(endpoint_id)


dispatcher = Dispatcher(
    "webhooks",
    send=tasks.deliver_to,
    sweep=tasks.send_due_deliveries,
    send_here=send_here,
    # One slow receiver holds up none of the others.
    threads=4,
)


def deliver_soon(endpoint_ids: Iterable[int], **kwargs: Any) -> None:
    """Have a worker send what is due at these endpoints."""
    for endpoint_id in endpoint_ids:
        dispatcher.call(endpoint_id)
