"""Moments at which a process is killed on the way of an order's mail."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from threading import Event

from django.conf import settings
from django.db import transaction
from redis import Redis

from outbox.models import Mail
from outbox.tests.smtp import ACCEPTED, Letter
from store.models import Order

from .mailrooms import SECONDS, MailRoom, wait_until

# Kills, and returns the order.
Kill = Callable[[MailRoom], int]

# A web process that dies between the commit and the queue.
DYING = """
import os, signal, sys
import django
django.setup()
from celery.signals import before_task_publish
from django.test import Client
@before_task_publish.connect
def die(**kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
cart, token = sys.argv[1:]
client = Client(SERVER_NAME="127.0.0.1", headers={"Authorization": f"JWT {token}"})
client.post("/store/orders/", {"cart_id": cart}, "application/json")
"""


def before_the_queue(room: MailRoom) -> int:
    """Kill the web process when it has placed the order and not yet queued the task."""
    room.kill_worker()
    dying = subprocess.run(
        [sys.executable, "-c", DYING, room.make_cart(), room.token],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], **room.variables},
        timeout=SECONDS,
    )
    assert dying.returncode == -signal.SIGKILL
    assert is_taken(room)
    return Order.objects.latest("pk").pk


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
        room.let_time_pass()
        if room.worker is None:
            room.start_worker()
        # Before the next kill, which would meet this mail as well.
        room.sweep()
    return orders
