"""How what was queued is sent soon: by a worker, or by a thread of this process where no broker is."""

import logging
from collections.abc import Callable
from functools import partial
from threading import Lock
from time import monotonic
from typing import Any

from celery.exceptions import OperationalError
from django.conf import settings

from storefront.background import Background

logger = logging.getLogger(__name__)


class RateLimitedCalls:
    """Limits how often this process calls for the workers: twice a second at most.

    The first call after a quiet second is for one row, at once. Those that follow within a second share a
    sweep, which begins after the last of their rows was committed.
    """

    # Seconds.
    INTERVAL = 1.0

    def __init__(self) -> None:
        self.lock = Lock()
        self.reset()

    def reset(self) -> None:
        self.quiet_from = self.sweep_at = float("-inf")

    def next_call(self) -> str | None:
        """Return what to call for: to send this one, a sweep after the interval, or nothing where one is due."""
        with self.lock:
            now = monotonic()
            if now < self.sweep_at:
                return None
            call = "send" if now >= self.quiet_from else "sweep"
            self.quiet_from = now + self.INTERVAL
            if call == "sweep":
                self.sweep_at = self.quiet_from
            return call


class Dispatcher:
    """Has something sent by the task `send` (by its key), or all that is due by the task `sweep`."""

    def __init__(
        self,
        name: str,
        *,
        send: Any,
        sweep: Any,
        send_here: Callable[[int], Any],
        threads: int = 1,
    ) -> None:
        self.name, self.send, self.sweep, self.send_here = name, send, sweep, send_here
        self.calls = RateLimitedCalls()
        # Where no worker is: the response waits for no other server, and its time does not tell whether
        # there is something to send.
        self.in_background = Background(name, threads=threads)

    def call(self, key: int | None) -> None:
        """Have one sent soon, or with None a batch; where no broker takes the task, the sweep finds it."""
        try:
            if key is None:
                self.sweep.delay()
            elif settings.OUTBOX_IN_BACKGROUND:
                waits = f"{self.name} {key} waits for the sweep"
                self.in_background.submit(partial(self.send_here, key), otherwise=waits)
            elif settings.CELERY_TASK_ALWAYS_EAGER:
                self.send.delay(key)
            else:
                self.call_for(key)
        except OperationalError as error:
            self.calls.reset()
            logger.warning("No broker takes tasks, %s waits for the sweep: %s", self.name, error)

    def call_for(self, key: int) -> None:
        match self.calls.next_call():
            case "send":
                self.send.delay(key)
            case "sweep":
                self.sweep.apply_async(countdown=self.calls.INTERVAL)
