"""A busy shop calls for the workers twice a second, and leaves no mail behind."""

from collections.abc import Callable
from threading import current_thread, main_thread
from typing import Any

import pytest
from celery.exceptions import OperationalError

from outbox import calls, tasks
from outbox.calls import RateLimitedCalls
from outbox.models import Mail
from outbox.signals import handlers
from outbox.signals.handlers import send_soon

Published = list[tuple[str, float]]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set the time, in seconds; it begins at 100."""

    def at(seconds: float) -> None:
        monkeypatch.setattr(calls, "monotonic", lambda: seconds)

    at(100)
    return at


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Published:
    """What is handed to the broker, and after how many seconds it is to begin."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    published: Published = []
    monkeypatch.setattr(handlers.dispatcher, "calls", RateLimitedCalls())
    monkeypatch.setattr(tasks.send_mail, "delay", lambda pk: published.append((f"mail {pk}", 0)))
    monkeypatch.setattr(tasks.send_due_mails, "delay", lambda: published.append(("sweep", 0)))
    monkeypatch.setattr(
        tasks.send_due_mails,
        "apply_async",
        lambda countdown: published.append(("sweep", countdown)),
    )
    return published


@pytest.mark.usefixtures("clock")
class TestCalls:
    def test_a_mail_after_a_quiet_second_is_sent_at_once(self, published, clock):
        send_soon(Mail(pk=1))
        clock(101)
        send_soon(Mail(pk=2))
        assert published == [("mail 1", 0), ("mail 2", 0)]

    def test_those_that_follow_share_a_sweep(self, published, clock):
        for number in range(1, 30):
            clock(100 + number / 100)
            send_soon(Mail(pk=number))
        assert published == [("mail 1", 0), ("sweep", 1)]

    def test_every_mail_is_committed_before_its_call_begins(self, published, clock):
        covered_until = 0.0
        for hundredth in range(1000):
            moment = 100 + hundredth / 100
            clock(moment)
            before = len(published)
            send_soon(Mail(pk=hundredth))
            for call, countdown in published[before:]:
                if call == "sweep":
                    covered_until = moment + countdown
            assert len(published) > before or moment < covered_until
        # Ten seconds of a hundred mails each.
        assert len(published) <= 20

    def test_a_batch_is_swept_at_once(self, published):
        send_soon(Mail(pk=1))
        send_soon(None)
        assert published == [("mail 1", 0), ("sweep", 0)]

    def test_a_broker_that_is_away_was_promised_nothing(self, published, monkeypatch, clock):
        def refuse(**options: Any) -> None:
            raise OperationalError

        send_soon(Mail(pk=1))
        with monkeypatch.context() as away:
            away.setattr(tasks.send_due_mails, "apply_async", refuse)
            clock(100.1)
            send_soon(Mail(pk=2))
        clock(100.2)
        send_soon(Mail(pk=3))
        assert published == [("mail 1", 0), ("mail 3", 0)]

    def test_without_a_broker_each_mail_goes_at_once(self, published, settings):
        settings.CELERY_TASK_ALWAYS_EAGER = True
        send_soon(Mail(pk=1))
        send_soon(Mail(pk=2))
        assert published == [("mail 1", 0), ("mail 2", 0)]

    def test_without_a_broker_a_thread_sends(self, published, settings, monkeypatch):
        settings.CELERY_TASK_ALWAYS_EAGER = settings.OUTBOX_IN_BACKGROUND = True
        sent = []

        def send(mail_id):
            sent.append((mail_id, current_thread() is main_thread()))
            raise OSError

        monkeypatch.setattr(handlers, "send_mail", send)
        for number in (1, 2):
            send_soon(Mail(pk=number))
        handlers.dispatcher.in_background.threads.submit(int).result()

        # One that fails holds up none behind it.
        assert (sent, published) == ([(1, False), (2, False)], [])
