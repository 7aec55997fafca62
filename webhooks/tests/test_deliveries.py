"""From the outbox to the receiver, over real sockets."""

from datetime import timedelta
from threading import Event as Flag

import pytest
from django.core.management import call_command
from django.utils import timezone
from standardwebhooks import WebhookVerificationError

from webhooks import tasks
from webhooks.models import Attempt, Delivery, EndpointState, Event
from webhooks.sending import Answer
from webhooks.services import deliveries
from webhooks.services.deliveries import deliver_to, endpoints_due, wait_after
from webhooks.signing import new_secret

from .times import HOUR, make_due

pytestmark = pytest.mark.django_db


def minutes_left(delivery):
    return (delivery.due_at - timezone.now()) / timedelta(minutes=1)


class TestDelivery:
    def test_goes_out_after_the_commit_with_a_signature(
        self, endpoint, receiver, ping, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            ping(7)
            assert receiver.received == []
        [request] = receiver.received
        event, delivery = Event.objects.get(), Delivery.objects.get()
        assert request.verified(endpoint.secret)["data"] == {"number": 7}
        assert request.body.decode() == event.payload
        assert (request.id, request.path) == (event.pk, "/hooks")
        assert request.headers["content-type"] == "application/json"
        with pytest.raises(WebhookVerificationError):
            request.verified(new_secret())
        assert (delivery.due_at, delivery.attempts, delivery.status_code) == (None, 1, 204)
        assert delivery.delivered_at
        attempt = delivery.log.get()
        assert (attempt.status_code, attempt.error, attempt.answer) == (204, "", "")

    def test_a_failure_is_logged_and_tried_again(self, endpoint, receiver, ping):
        ping()
        receiver.always(500, b"out of order")
        assert not deliver_to(endpoint_id=endpoint.pk)
        delivery = Delivery.objects.get()
        assert (delivery.attempts, delivery.status_code) == (1, 500)
        assert (delivery.delivered_at, delivery.last_error) == (None, "Status 500.")
        assert 0.7 < minutes_left(delivery) <= 1.2

        receiver.always(200, b"thanks")
        deliver_to(endpoint_id=endpoint.pk)
        assert len(receiver.received) == 1
        make_due()
        tasks.send_due_deliveries()
        first, second = receiver.received
        assert (first.id, first.body) == (second.id, second.body)
        log = Attempt.objects.order_by("pk").values_list("status_code", "error", "answer")
        assert [*log] == [(500, "Status 500.", "out of order"), (200, "", "thanks")]
        assert Delivery.objects.delivered().count() == 1

    def test_is_given_up_after_ten_attempts(self, endpoint, receiver, ping):
        ping()
        receiver.always(500)
        for _ in range(10):
            make_due()
            deliver_to(endpoint_id=endpoint.pk)
        assert len(receiver.received) == 10
        assert Delivery.objects.given_up().get().attempts == 10
        make_due()
        assert endpoints_due() == []

    def test_waits_longer_each_time_and_never_alike(self):
        failed = Answer(500, "Status 500.")
        middles = [1, 3, 9, 27, 81, 243, 720, 720, 720]
        for attempts, middle in enumerate(middles, start=1):
            waits = [wait_after(attempts, failed) / timedelta(minutes=1) for _ in range(20)]
            assert all(0.8 * middle <= wait <= 1.2 * middle for wait in waits)
            assert len({*waits}) > 1
        assert wait_after(10, failed) is None

    def test_waits_as_long_as_it_is_asked_to(self):
        assert wait_after(1, Answer(429, "Status 429.", retry_after=7200)) == 2 * HOUR

    def test_is_sent_once_more_after_a_death_before_the_log(
        self, endpoint, receiver, ping, monkeypatch
    ):
        ping()
        with monkeypatch.context() as dying:
            dying.setattr(deliveries, "_write_down", lambda *args: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                deliver_to(endpoint_id=endpoint.pk)
        assert endpoints_due() == []
        # The lease of the dead ends.
        make_due()
        EndpointState.objects.update(leased_until=timezone.now())
        call_command("send_due_deliveries")
        first, second = receiver.received
        # By its id the receiver tells that it has it already.
        assert first.id == second.id
        assert Delivery.objects.delivered().count() == 1

    def test_one_that_cannot_be_sent_is_tried_as_others_are(
        self, endpoint, receiver, ping, monkeypatch
    ):
        ping()
        with monkeypatch.context() as broken:
            broken.setattr(deliveries, "post", lambda *args, **options: 1 / 0)
            deliver_to(endpoint_id=endpoint.pk)
        delivery = Delivery.objects.get()
        assert (delivery.attempts, delivery.last_error) == (1, "ZeroDivisionError")
        assert 0.7 < minutes_left(delivery) <= 1.2

    def test_a_failure_that_comes_after_its_claim_ran_out_changes_nothing(self, endpoint, ping):
        ping()
        delivery = Delivery.objects.get()
        assert Delivery.objects.claim(delivery.pk)
        delivery.refresh_from_db()
        # Another worker took it over and sends at this moment.
        make_due()
        assert Delivery.objects.claim(delivery.pk)
        before = Delivery.objects.values().get()
        deliveries._log_attempt(delivery, timezone.now(), Answer(500, "Status 500."))
        assert Delivery.objects.values().get() == before


class TestOrderAndFairness:
    def test_one_endpoint_gets_them_oldest_first(self, endpoint, receiver, ping):
        for number in range(5):
            ping(number)
        deliver_to(endpoint_id=endpoint.pk)
        told = [each.verified(endpoint.secret)["data"]["number"] for each in receiver.received]
        assert told == [0, 1, 2, 3, 4]

    def test_what_does_not_answer_is_left_for_later(
        self, endpoint, receiver, ping, make_endpoint, settings
    ):
        settings.WEBHOOK_TIMEOUT = 0.2
        hold, well = Flag(), []
        other = make_endpoint(url=receiver.url.replace("hooks", "other"))

        def respond(handler, request):
            if request.path == "/other":
                well.append(request)
                handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                handler.close_connection = True
            else:
                hold.wait(20)

        receiver.respond = respond
        ping(1, 2, 3)
        tasks.send_due_deliveries()
        hold.set()
        assert len(well) == 3
        # The dead one cost one time-out, not three.
        assert len(receiver.received) == 4
        assert Delivery.objects.delivered().filter(endpoint=other).count() == 3
        # From now on it comes last.
        make_due()
        ping(4)
        assert endpoints_due() == [other.pk, endpoint.pk]

    def test_three_refusals_in_a_row_end_a_turn(self, endpoint, receiver, ping):
        ping(*range(5))
        receiver.always(500)
        deliver_to(endpoint_id=endpoint.pk)
        assert len(receiver.received) == 3

    def test_a_refusal_between_others_holds_up_none(self, endpoint, receiver, ping):
        ping(*range(5))

        def respond(handler, request):
            handler.send_response(500 if len(receiver.received) % 2 else 200)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        receiver.respond = respond
        deliver_to(endpoint_id=endpoint.pk)
        assert len(receiver.received) == 5

    def test_one_worker_has_an_endpoint(self, endpoint, receiver, ping):
        ping()
        EndpointState.objects.create(endpoint=endpoint, leased_until=timezone.now() + HOUR)
        assert not deliver_to(endpoint_id=endpoint.pk)
        assert receiver.received == []
        # Until the lease of one that died is over.
        EndpointState.objects.update(leased_until=timezone.now())
        deliver_to(endpoint_id=endpoint.pk)
        assert len(receiver.received) == 1
        assert EndpointState.objects.get().leased_until is None

    def test_what_is_recorded_while_a_worker_leaves_is_sent_too(
        self, endpoint, receiver, ping, monkeypatch
    ):
        ping(1)
        send_batch, late = deliveries._send_batch, [2]

        def record_at_the_end(*args):
            turn = send_batch(*args)
            if late:
                ping(late.pop())
            return turn

        monkeypatch.setattr(deliveries, "_send_batch", record_at_the_end)
        deliver_to(endpoint_id=endpoint.pk)
        assert len(receiver.received) == 2

    def test_a_turn_ends_for_others(self, endpoint, receiver, ping, monkeypatch):
        ping(1, 2)
        monkeypatch.setattr(deliveries, "TURN", -1)
        assert deliver_to(endpoint_id=endpoint.pk)
        assert receiver.received == []
