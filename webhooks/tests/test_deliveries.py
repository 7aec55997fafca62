"""From the outbox to the receiver, over real sockets."""

from datetime import timedelta
from threading import Event as Flag

import pytest
from django.core.management import call_command
from django.utils import timezone
from standardwebhooks import WebhookVerificationError

from outbox.models import Mail
from webhooks import tasks
from webhooks.models import Attempt, Delivery, Endpoint, EndpointState, Event
from webhooks.sending import Answer
from webhooks.services import deliveries, endpoints
from webhooks.services.deliveries import deliver_to, endpoints_due, send_again, wait_after
from webhooks.services.endpoints import PATIENCE, rotate_secret, start_anew
from webhooks.services.events import record_test_event
from webhooks.signing import fingerprint_of, new_secret

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def minutes_left(delivery):
    return (delivery.due_at - timezone.now()) / timedelta(minutes=1)


def make_due():
    Delivery.objects.filter(due_at__isnull=False).update(due_at=timezone.now())


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


class TestDeletion:
    @pytest.mark.django_db(transaction=True)
    def test_while_it_is_sent_to_holds_up_nothing(
        self, endpoint, receiver, ping, make_endpoint, monkeypatch, settings
    ):
        monkeypatch.setattr("webhooks.services.events.deliveries_due.send_robust", lambda **_: None)
        other = make_endpoint(url=receiver.url.replace("hooks", "other"))
        ping(1, 2)
        log_attempt = deliveries._log_attempt

        def delete_before(delivery, *args):
            Endpoint.objects.filter(pk=endpoint.pk).delete()
            log_attempt(delivery, *args)

        monkeypatch.setattr(deliveries, "_log_attempt", delete_before)
        call_command("send_due_deliveries")
        assert [request.path for request in receiver.received] == ["/hooks", "/other", "/other"]
        assert Delivery.objects.delivered().filter(endpoint=other).count() == 2

    def test_one_that_was_deleted_since_it_was_found(self, endpoint, receiver, ping):
        ping()
        key = endpoint.pk
        endpoint.delete()
        assert not deliver_to(endpoint_id=key)
        assert receiver.received == []

    def test_an_error_at_one_keeps_back_no_other(
        self, endpoint, receiver, ping, make_endpoint, monkeypatch
    ):
        other = make_endpoint(url=receiver.url.replace("hooks", "other"))
        ping()
        leased = deliveries._leased

        def refuse_first(endpoint_id):
            return 1 / 0 if endpoint_id == endpoint.pk else leased(endpoint_id)

        monkeypatch.setattr(deliveries, "_leased", refuse_first)
        call_command("send_due_deliveries")
        assert Delivery.objects.delivered().get().endpoint == other


class TestSwitchingOff:
    @pytest.fixture(autouse=True)
    def _admins(self, settings):
        settings.ADMINS = [("Ann", "ann@example.com")]

    def test_gone_is_at_once_and_told(self, endpoint, receiver, ping):
        ping(1, 2)
        receiver.always(410)
        deliver_to(endpoint_id=endpoint.pk)
        endpoint.refresh_from_db()
        assert (endpoint.is_on, endpoint.switched_off_because) == (
            False,
            "It has answered 410 Gone.",
        )
        mail = Mail.objects.get()
        assert mail.subject == "A webhook endpoint was switched off"
        assert receiver.url in mail.text
        assert "Waiting deliveries: 1." in mail.text
        # The one that was refused is given up, the other waits.
        assert Delivery.objects.given_up().count() == Delivery.objects.waiting().count() == 1

    def test_a_day_of_failures_ends_it(self, endpoint, receiver, ping):
        receiver.always(500)
        ping()
        deliver_to(endpoint_id=endpoint.pk)
        almost = timezone.now() - PATIENCE + HOUR
        EndpointState.objects.update(failing_since=almost)
        make_due()
        deliver_to(endpoint_id=endpoint.pk)
        assert Endpoint.objects.on().exists()
        assert EndpointState.objects.get().failing_since == almost

        EndpointState.objects.update(failing_since=almost - HOUR)
        make_due()
        deliver_to(endpoint_id=endpoint.pk)
        assert not Endpoint.objects.on().exists()
        assert Mail.objects.count() == 1

    def test_a_success_between_them_does_not(self, endpoint, receiver, ping):
        ping()
        EndpointState.objects.create(endpoint=endpoint, failing_since=timezone.now() - 2 * PATIENCE)
        deliver_to(endpoint_id=endpoint.pk)
        assert EndpointState.objects.get().failing_since is None
        assert Endpoint.objects.on().exists()

    def test_what_is_off_gets_a_test_and_nothing_else(self, endpoint, receiver, ping):
        ping()
        Endpoint.objects.update(is_on=False)
        assert endpoints_due() == []
        delivery = record_test_event(endpoint=endpoint)
        receiver.always(500)
        deliver_to(endpoint_id=endpoint.pk)
        [request] = receiver.received
        assert request.verified(endpoint.secret)["type"] == "webhook.test"
        # A test that fails says nothing of the deliveries.
        assert EndpointState.objects.get().failing_since is None
        assert Delivery.objects.get(pk=delivery.pk).status_code == 500

    def test_a_test_goes_before_what_waits(self, endpoint, receiver, ping):
        ping(*range(3))
        record_test_event(endpoint=endpoint)
        receiver.always(500)
        deliver_to(endpoint_id=endpoint.pk)
        types = [request.verified(endpoint.secret)["type"] for request in receiver.received]
        assert types == ["webhook.test", "ping", "ping"]

    def test_switched_on_it_gets_what_waited(
        self, endpoint, receiver, ping, django_capture_on_commit_callbacks
    ):
        ping(1, 2)
        Delivery.objects.filter(pk=Delivery.objects.first().pk).update(due_at=timezone.now() + HOUR)
        endpoints.switch_off(endpoint=endpoint, because="It has answered 410 Gone.")
        endpoints.switch_off(endpoint=endpoint, because="Once more.")
        assert Mail.objects.count() == 1
        Endpoint.objects.update(is_on=True)
        with django_capture_on_commit_callbacks(execute=True):
            start_anew(endpoint=endpoint)
        assert len(receiver.received) == 2
        assert Endpoint.objects.get().switched_off_because == ""


class TestSecrets:
    def test_the_one_of_before_signs_for_a_day_too(self, endpoint, receiver, ping):
        old = endpoint.secret
        assert rotate_secret(endpoint=endpoint, seen=fingerprint_of(old))
        ping()
        deliver_to(endpoint_id=endpoint.pk)
        [request] = receiver.received
        endpoint.refresh_from_db()
        assert endpoint.secret != old
        assert request.verified(endpoint.secret) == request.verified(old)

        Endpoint.objects.update(previous_secret_until=timezone.now())
        ping()
        deliver_to(endpoint_id=endpoint.pk)
        later = receiver.received[1]
        later.verified(endpoint.secret)
        with pytest.raises(WebhookVerificationError):
            later.verified(old)

    def test_a_double_click_replaces_it_once(self, endpoint):
        seen = fingerprint_of(endpoint.secret)
        old, twin = endpoint.secret, Endpoint.objects.get()
        assert rotate_secret(endpoint=endpoint, seen=seen)
        assert not rotate_secret(endpoint=twin, seen=seen)
        twin.refresh_from_db()
        assert not rotate_secret(endpoint=twin, seen=seen)
        assert twin.previous_secret == old


class TestUpkeep:
    def test_send_again_uses_the_same_id(
        self, endpoint, receiver, ping, django_capture_on_commit_callbacks
    ):
        ping()
        deliver_to(endpoint_id=endpoint.pk)
        with django_capture_on_commit_callbacks(execute=True):
            assert send_again(deliveries=Delivery.objects.all()) == 1
        first, second = receiver.received
        assert first.id == second.id
        assert Delivery.objects.get().log.count() == 2

    def test_send_again_leaves_what_is_under_way(self, endpoint, ping):
        ping()
        before = Delivery.objects.values().get()
        assert send_again(deliveries=Delivery.objects.all()) == 0
        assert Delivery.objects.values().get() == before

    def test_old_events_go_with_their_log(self, endpoint, receiver, ping, settings, capsys):
        ping(1, 2)
        deliver_to(endpoint_id=endpoint.pk)
        old = Event.objects.first()
        long_ago = timezone.now() - settings.WEBHOOK_RETENTION - HOUR
        Event.objects.filter(pk=old.pk).update(created_at=long_ago)
        call_command("purge_webhook_events")
        assert capsys.readouterr().out == "Events deleted: 1.\n"
        assert Delivery.objects.count() == Attempt.objects.count() == Event.objects.count() == 1
