"""An endpoint is switched off and on, gets new secrets, and goes with what was sent to it."""

import pytest
from django.core.management import call_command
from django.utils import timezone
from standardwebhooks import WebhookVerificationError

from outbox.models import Mail
from webhooks.models import Attempt, Delivery, Endpoint, EndpointState, Event
from webhooks.services import deliveries, endpoints
from webhooks.services.deliveries import deliver_to, endpoints_due, send_again
from webhooks.services.endpoints import PATIENCE, rotate_secret, start_anew
from webhooks.services.events import record_test_event
from webhooks.signing import fingerprint_of

from .times import HOUR, make_due

pytestmark = pytest.mark.django_db


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
