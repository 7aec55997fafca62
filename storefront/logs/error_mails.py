"""Mails to ADMINS of what went wrong: which error and where in the code, nothing of whom it happened to.

The texts of an error may be anybody's; they stand, masked, in the log, where the request's id finds them.
"""

import logging
import os
import traceback
from collections.abc import Iterator
from contextlib import suppress
from logging import Handler, LogRecord
from queue import Full, Queue
from threading import Thread, current_thread
from time import monotonic
from typing import NamedTuple

from .formatters import NO_REQUEST
from .redaction import redact

logger = logging.getLogger(__name__)
# Seconds in which the same error is mailed once, and in which all errors together are at most so many mails.
SAME, ALL, AT_MOST = 600, 3600, 20
# Errors that wait for the mail server; more are in the log alone.
WAITING = 50
MESSAGE = 200  # characters
# In which a process that ends may still send.
ENDING_SECONDS = 5


class Report(NamedTuple):
    """What a mail says of an error; two with one signature are the same error."""

    signature: str
    subject: str
    body: str


class ErrorMailHandler(Handler):
    """Leaves each error to a thread, so that no request waits for the mail server."""

    def __init__(self, level: int = logging.ERROR) -> None:
        super().__init__(level)
        self.queue: Queue[Report | None] = Queue(WAITING)
        self.thread: Thread | None = None
        self.process = 0
        self.mailed: dict[str, float] = {}

    def emit(self, record: LogRecord) -> None:
        # A mail that fails causes no other one.
        if is_of_strangers(record) or current_thread() is self.thread:
            return
        report = report_of(record)
        if self.is_new(report.signature):
            # Without a thread, or where too many wait: the log has it.
            with suppress(Full, RuntimeError):
                self.start()
                self.queue.put_nowait(report)

    def is_new(self, signature: str) -> bool:
        """Tell whether this process may mail it; whether another one did, the thread finds out."""
        now = monotonic()
        self.mailed = {name: at for name, at in self.mailed.items() if now - at < ALL}
        if now - self.mailed.get(signature, -SAME) < SAME or len(self.mailed) >= AT_MOST:
            return False
        self.mailed[signature] = now
        return True

    def start(self) -> None:
        # A fork has the handler of its parent, and not the thread.
        if self.process != os.getpid():
            self.process, self.queue = os.getpid(), Queue(WAITING)
            self.thread = Thread(target=self.send_queued, name="error-mails", daemon=True)
            self.thread.start()

    def send_queued(self) -> None:
        while report := self.queue.get():
            try:
                send(report)
            # Of the mail server or of the database: the log has the error already.
            except Exception as error:
                logger.warning("An error was not mailed (%s)", type(error).__name__)

    def close(self) -> None:
        if self.thread and self.process == os.getpid():
            with suppress(Full):
                self.queue.put_nowait(None)
                self.thread.join(ENDING_SECONDS)
        super().close()


def is_of_strangers(record: LogRecord) -> bool:
    """Tell whether a scan or a flood wrote it; what lies behind another 503 is logged on its own."""
    is_unavailable = record.name == "django.request" and getattr(record, "status_code", 0) == 503
    return (is_unavailable and not record.exc_info) or record.name.startswith("django.security")


def report_of(record: LogRecord) -> Report:
    error = record.exc_info[1] if record.exc_info else None
    status = getattr(record, "status_code", "")
    kind = " ".join(filter(None, [type(error).__name__ if error else "", str(status)]))
    steps = [*chain(error)] or [f"{record.pathname}:{record.lineno}\n"]
    # Without its arguments.
    message = redact(str(record.msg)[:MESSAGE])
    facts = {
        "Logged by": record.name,
        "Message": message,
        "Request": getattr(record, "request_id", NO_REQUEST),
        "Process": str(record.process),
    }
    body = "".join(f"{name}: {fact}\n" for name, fact in facts.items())
    return Report(
        "|".join([record.name, message, kind, steps[-1]]),
        " ".join(f"{record.levelname}: {kind or record.name}".split()),
        f"{body}\n{''.join(steps)}\nThe log has the texts of this error, by the id of the request. The"
        f" same error is not mailed again for {SAME // 60} minutes.\n",
    )


def chain(error: BaseException | None) -> Iterator[str]:
    """Return where an error and its causes were raised, the first cause first, without their texts."""
    if error is None:
        return
    yield from chain(error.__cause__ or (None if error.__suppress_context__ else error.__context__))
    yield "".join(traceback.format_tb(error.__traceback__)) + f"{type(error).__qualname__}\n\n"


def send(report: Report) -> None:
    # When the apps are there, and not before.
    from django.conf import settings
    from django.core.mail import EmailMessage
    from django.db import connections

    try:
        if is_first(report.signature):
            subject = f"{settings.SITE_NAME}: {report.subject}"
            addresses = [address for _, address in settings.ADMINS]
            EmailMessage(subject, report.body, settings.DEFAULT_FROM_EMAIL, addresses).send()
    finally:
        connections.close_all()


def is_first(signature: str) -> bool:
    """Tell whether no process has mailed it; each for itself where nothing can count for all."""
    from django.db import Error

    from storefront.limits.counters import hit

    try:
        return not (
            hit(f"error-mail:{signature}", limit=1, period=SAME)
            or hit("error-mails", limit=AT_MOST, period=ALL)
        )
    except Error:
        return True
