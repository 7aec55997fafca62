"""Several workers at the same deliveries, and workers that are killed."""

from collections import Counter
from datetime import timedelta
from threading import Event as Flag

import pytest
from celery import Celery
from django.conf import settings as project
from django.utils import timezone

from outbox.models import Mail
from outbox.tests.crowd import at_once
from storefront.tests.faults.addresses import database_url
from storefront.tests.faults.mailrooms import wait_until
from storefront.tests.workers import working
from webhooks.models import Delivery, EndpointState
from webhooks.services.deliveries import _deliver, deliver_to, endpoints_due
from webhooks.services.endpoints import PATIENCE, note_failure

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def record(ping, monkeypatch):
    """Record so many events that no worker is told of."""
    monkeypatch.setattr("webhooks.services.events.deliveries_due.send_robust", lambda **_: None)
    return lambda number: ping(*range(number))


def ids_of(received):
    return Counter(request.id for request in received)


def test_one_of_many_workers_gets_a_delivery(endpoint, receiver, record):
    record(5)
    for key in Delivery.objects.values_list("pk", flat=True):
        answers = at_once(8, lambda _, key=key: _deliver(key))
        assert sum(answer is not None for answer in answers) == 1
    assert len(receiver.received) == 5
    assert {*ids_of(receiver.received).values()} == {1}
    assert {*Delivery.objects.values_list("attempts", flat=True)} == {1}


def test_one_of_many_workers_has_an_endpoint(endpoint, receiver, record):
    busy, most = 0, []
    record(10)

    def respond(handler, request):
        nonlocal busy
        busy += 1
        most.append(busy)
        Flag().wait(0.01)
        busy -= 1
        handler.send_response(200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    receiver.respond = respond
    at_once(6, lambda _: deliver_to(endpoint_id=endpoint.pk))
    wait_until(lambda: not endpoints_due(), "all is sent")
    assert {*ids_of(receiver.received).values()} == {1}
    assert len(receiver.received) == 10
    assert max(most) == 1


def test_of_many_workers_that_find_it_dead_one_tells(endpoint, settings):
    settings.ADMINS = [("Ann", "ann@example.com")]
    EndpointState.objects.create(endpoint=endpoint, failing_since=timezone.now() - PATIENCE)
    at_once(6, lambda _: note_failure(endpoint=endpoint))
    assert Mail.objects.count() == 1


@pytest.mark.redis
def test_no_event_is_lost_with_its_worker(
    endpoint, receiver, record, redis_url, tmp_path, report_figures
):
    """Workers in processes of their own, each killed when the receiver has the event and before it is logged."""
    events, kills = 12, 2
    environment = {
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis_url,
        "WEBHOOK_TRUSTED_HOSTS": f"{receiver.host}:{receiver.port}",
    }
    # Not the current one, which would take the tasks of the tests that follow.
    beat = Celery(broker=redis_url, set_as_current=False)
    beat.conf.task_default_queue = project.CELERY_TASK_DEFAULT_QUEUE
    answered = receiver.respond
    record(events)
    for _ in range(kills):
        with working(tmp_path / "worker.log", **environment) as worker:
            killed, seen = Flag(), len(receiver.received)

            def die(handler, request, worker=worker, killed=killed, seen=seen):
                if len(receiver.received) == seen + 3:
                    worker.kill()
                    killed.set()
                answered(handler, request)

            receiver.respond = die
            beat.send_task("webhooks.tasks.send_due_deliveries")
            assert killed.wait(60), (tmp_path / "worker.log").read_text()
        let_leases_end()
    receiver.respond = answered
    with working(tmp_path / "worker.log", **environment):
        beat.send_task("webhooks.tasks.send_due_deliveries")
        wait_until(lambda: Delivery.objects.delivered().count() == events, "all is delivered")

    received = ids_of(receiver.received)
    twice = received.total() - events
    assert len(received) == events
    # That which the receiver had when the worker died: under its id it came again.
    assert twice == kills
    assert {request.verified(endpoint.secret)["type"] for request in receiver.received} == {"ping"}
    report_figures(f"webhooks: {events} events, {kills} workers killed: {twice} came twice")


def let_leases_end():
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(due_at__isnull=False).update(due_at=past)
    EndpointState.objects.update(leased_until=None)
