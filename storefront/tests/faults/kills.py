"""Moments at which a worker is killed while it sends the mail of an order."""

import random
from collections.abc import Callable
from threading import Event

from django.db import transaction
from redis import Redis

from outbox.models import Mail
from outbox.tests.smtp import ACCEPTED, Letter

from .mailrooms import SECONDS, MailRoom, wait_until

# Kills, and returns the order.
Kill = Callable[[MailRoom], int]


def before_the_claim(room: MailRoom) -> int:
    """Kill the worker when it has the task and not yet the mail."""
    room.kill_worker()
    order_id = room.order()
    with transaction.atomic():
        # Whoever claims the mail has to wait for this.
        Mail.objects.filter(key=f"order:{order_id}:confirmation").update(last_error="")
        room.start_worker()
        wait_until(lambda: is_taken(room), "a worker takes the task")
        room.kill_worker()
    return order_id


def is_taken(room: MailRoom) -> bool:
    # With Redis a task is in its queue until a worker takes it.
    with Redis.from_url(room.broker) as redis:
        return not redis.llen(room.queue)


def at_a_letter(room: MailRoom, kill: Callable[[], None], *, accepted: bool) -> int:
    """Kill while the mail server has the letter, before or after it takes it."""
    done = Event()

    def answer(letter: Letter) -> str | None:
        room.smtp.on_letter = lambda letter: ACCEPTED
        kill()
        done.set()
        return None

    def acknowledge(letter: Letter) -> None:
        room.smtp.on_accepted = lambda letter: None
        kill()
        done.set()

    if accepted:
        room.smtp.on_accepted = acknowledge
    else:
        room.smtp.on_letter = answer
    if room.worker is None:
        room.start_worker()
    order_id = room.order()
    assert done.wait(SECONDS), "no letter came"
    return order_id


def before_acceptance(room: MailRoom) -> int:
    return at_a_letter(room, room.kill_worker, accepted=False)


def before_the_mark(room: MailRoom) -> int:
    return at_a_letter(room, room.kill_worker, accepted=True)


def of_the_pool(room: MailRoom) -> int:
    return at_a_letter(room, room.kill_pool, accepted=False)


def at_any_time(room: MailRoom) -> int:
    if room.worker is None:
        room.start_worker()
    order_id = room.order()
    Event().wait(random.uniform(0, 0.1))
    room.kill_worker()
    return order_id


def kill_at(room: MailRoom, moments: list[Kill], kills: int) -> dict[str, list[int]]:
    """Kill so often at each moment and return the orders by moment, each with its mails."""
    orders: dict[str, list[int]] = {moment.__name__: [] for moment in moments}
    for moment in moments * kills:
        orders[moment.__name__].append(moment(room))
        if room.worker is None:
            room.start_worker()
        # Before the next kill, which would meet this mail as well.
        room.sweep()
    return orders
