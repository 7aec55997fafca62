"""How a delivery begins after the commit: by a task, or by a thread where no broker is."""

from threading import Event as Flag

import pytest
from celery.exceptions import OperationalError

from outbox.calls import RateLimitedCalls
from storefront.background import Background
from webhooks import tasks
from webhooks.models import Delivery
from webhooks.services import deliveries
from webhooks.signals.handlers import deliver_soon, dispatcher


@pytest.fixture
def published(monkeypatch, settings):
    """What is handed to the broker, and after how many seconds it is to begin."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    published = []
    monkeypatch.setattr(dispatcher, "calls", RateLimitedCalls())
    monkeypatch.setattr(tasks.deliver_to, "delay", lambda pk: published.append((pk, 0)))
    monkeypatch.setattr(
        tasks.send_due_deliveries,
        "apply_async",
        lambda countdown: published.append(("sweep", countdown)),
    )
    return published


def test_the_first_endpoint_is_called_for_and_the_others_share_a_sweep(published):
    deliver_soon([1, 2, 3])
    deliver_soon([1])
    assert published == [(1, 0), ("sweep", 1)]


def test_without_a_broker_it_waits_for_the_sweep(published, monkeypatch):
    def refuse(pk):
        raise OperationalError

    monkeypatch.setattr(tasks.deliver_to, "delay", refuse)
    deliver_soon([1])
    assert published == []


@pytest.mark.django_db(transaction=True)
def test_a_thread_sends_and_a_slow_receiver_holds_up_no_other(
    endpoint, receiver, make_endpoint, ping, settings, monkeypatch
):
    other = make_endpoint(url=receiver.url.replace("hooks", "other"))
    hold, answered = Flag(), receiver.respond

    def respond(handler, request):
        if request.path == "/hooks":
            hold.wait(20)
        answered(handler, request)

    receiver.respond = respond
    settings.OUTBOX_IN_BACKGROUND = True
    background = Background("hooks", threads=4)
    monkeypatch.setattr(dispatcher, "in_background", background)
    with background.threads:
        ping()
        slow, well = sorted(receiver.wait_for(2), key=lambda request: request.path)
        hold.set()
    assert (slow.path, well.path) == ("/hooks", "/other")
    assert well.verified(other.secret)["type"] == "ping"
    assert Delivery.objects.delivered().count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_thread_goes_on_after_a_turn(endpoint, receiver, ping, settings, monkeypatch):
    turns, send_batch = [0, 1], deliveries._send_batch

    def send_for_a_turn(endpoint_id, ends_at):
        return send_batch(endpoint_id, ends_at if turns.pop(0) else 0)

    monkeypatch.setattr(deliveries, "_send_batch", send_for_a_turn)
    settings.OUTBOX_IN_BACKGROUND = True
    background = Background("hooks")
    monkeypatch.setattr(dispatcher, "in_background", background)
    with background.threads:
        ping()
        receiver.wait_for(1)
    assert turns == []
    assert Delivery.objects.delivered().count() == 1
