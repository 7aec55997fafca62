"""A shop whose mails go the whole way: web process, broker, worker, mail server."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any
from uuid import uuid4

import jwt
from celery import Celery
from django.contrib.auth import get_user_model
from django.utils import timezone
from model_bakery import baker
from redis import Redis, RedisError
from rest_framework_simplejwt.tokens import AccessToken

from outbox.models import Mail
from outbox.tests.smtp import Letter, MailServer
from store.models import Cart, CartItem, Product

from ..conftest import PRODUCTION
from ..parallel import HOST, free_port
from ..serving import production, serving
from ..workers import Worker
from .addresses import database_url
from .probes import Probe, Result, send

SECONDS = 60


def wait_until(reached: Callable[[], bool], what: str, seconds: float = SECONDS) -> None:
    deadline = monotonic() + seconds
    while not reached():
        assert monotonic() < deadline, f"never: {what}"
        Event().wait(0.05)


def token_of(user: Any) -> str:
    """Return a token as the served shop issues it, without the time that it takes to hash a password."""
    claims = jwt.decode(str(AccessToken.for_user(user)), options={"verify_signature": False})
    return jwt.encode(claims, PRODUCTION["SECRET_KEY"], "HS256")


class PrivateRedis:
    """A Redis of one's own, which may be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://{HOST}:{self.port}/0"
        self.start()

    def start(self) -> None:
        """Start it empty."""
        options = ["--bind", HOST, "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(
            [str(shutil.which("redis-server")), *options, "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
        )
        wait_until(self.responses, "Redis answers")

    def responses(self) -> bool:
        try:
            with Redis.from_url(self.url) as redis:
                return bool(redis.ping())
        except RedisError:
            return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(SECONDS)

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Accept and never answer, for as long as the block lasts."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


class MailRoom:
    """Places orders over HTTP and follows their mails."""

    def __init__(self, folder: Path, smtp: MailServer, broker: str) -> None:
        self.smtp, self.broker = smtp, broker
        self.log = folder / "worker.log"
        self.queue = f"mails-{uuid4().hex}"
        self.variables = {
            **production(folder),
            "DATABASE_URL": database_url(),
            "BROKER_URL": broker,
            "TASK_QUEUE": self.queue,
            "EMAIL_HOST": smtp.host,
            "EMAIL_PORT": str(smtp.port),
            "THROTTLE_CREDENTIALS": "1000/min",
        }
        self.stack = ExitStack()
        # One process: a second one would cost its start and tell nothing more.
        web = serving(folder / "web.log", "--workers", "1", **self.variables)
        self.url = self.stack.enter_context(web)
        self.product = baker.make(Product, inventory=1000)
        self.token = token_of(baker.make(get_user_model(), email="ann@example.com"))
        self.app = Celery(broker=broker, set_as_current=False)
        self.stack.callback(self.app.close)
        self.worker: Worker | None = None
        self.stack.callback(self.kill_worker)

    def start_worker(self) -> None:
        self.worker = Worker(self.log, **self.variables)

    def kill_worker(self) -> None:
        if self.worker and self.worker.process.poll() is None:
            self.worker.kill()
        self.worker = None

    def supervise(self) -> None:
        """Start the worker again where it has ended, as every supervisor does."""
        # kombu 5.7 ends it where Redis goes before a task is acknowledged.
        if self.worker and self.worker.process.poll() is not None:
            self.start_worker()

    def kill_pool(self) -> None:
        """Kill the processes in which the worker does its tasks, not the worker itself."""
        assert self.worker
        pid = self.worker.process.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            os.kill(int(child), signal.SIGKILL)

    def make_cart(self) -> str:
        cart = Cart.objects.create()
        CartItem.objects.create(cart=cart, product=self.product, quantity=1)
        return str(cart.pk)

    def try_to_order(self, **headers: str) -> Result:
        body = {"cart_id": self.make_cart()}
        probe = Probe("", "POST", "/store/orders/", body, self.token, headers)
        return send(self.url, probe, seconds=SECONDS)

    def order(self) -> int:
        """Place an order and return its number."""
        result = self.try_to_order()
        assert result.status == 201, result
        return int(json.loads(result.body)["id"])

    def await_letter(self, order_id: int) -> None:
        """Wait for the mail of an order, without a sweep."""

        def has_come() -> bool:
            self.supervise()
            return bool(self.letters_of(order_id))

        wait_until(has_come, f"the mail of order {order_id} comes without a sweep")

    def letters_of(self, order_id: int) -> list[Letter]:
        subject = f"Your order {order_id}"
        return [one for one in list(self.smtp.received) if one.message["Subject"] == subject]

    def let_time_pass(self) -> None:
        """End the leases of workers that died."""
        Mail.objects.exclude(due_at=None).update(due_at=timezone.now())

    def sweep(self) -> None:
        """Have the worker do what beat makes it do every minute, until no mail waits."""
        swept = float("-inf")

        def is_empty() -> bool:
            nonlocal swept
            self.supervise()
            if monotonic() - swept > 1 and Mail.objects.due().exists():
                self.app.send_task("outbox.tasks.send_due_mails", queue=self.queue)
                swept = monotonic()
            return not Mail.objects.exclude(due_at=None).exists()

        wait_until(is_empty, "no mail waits")

    def logged(self, message: str) -> list[dict[str, Any]]:
        lines = (line for line in self.log.read_text().splitlines() if line.startswith("{"))
        return [line for line in map(json.loads, lines) if line["message"] == message]
