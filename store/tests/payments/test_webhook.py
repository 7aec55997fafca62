"""Which deliveries the shop believes; what it does with their events is in test_events."""

import json
from time import time

import pytest

from store.gateways.development import encode, new_event
from store.gateways.signatures import TOLERANCE, sign
from store.models import Payment, PaymentEvent

from .conftest import WEBHOOK

pytestmark = pytest.mark.django_db


@pytest.fixture
def body(payment):
    return encode(new_event("succeeded", str(payment.key), payment.amount))


@pytest.fixture
def secret(settings):
    return settings.STORE_PAYMENT_WEBHOOK_SECRET


@pytest.fixture
def refused(state):
    """Assert that a response is a refusal, and that nothing has changed."""

    def refused(response, status=400):
        assert (response.status_code, response.json().get("code")) == (
            status,
            "webhook_refused" if status == 400 else None,
        )
        assert state() == ("pending", 7)
        assert Payment.objects.get().status == "open"
        assert not PaymentEvent.objects.exists()

    return refused


class TestSignature:
    def test_one_that_is_none_is_refused(self, post, body, refused, subtests):
        for signature in [
            "",
            "nonsense",
            "t=,v1=",
            "t=now,v1=00",
            "t=٣,v1=00",
            "t=1,v1=é",
            "v1=00",
            "t={now}",
            "t=" + "9" * 5000,
            "=,=,=",
            "t={now},v1=" + "0" * 64,
        ]:
            with subtests.test(signature=signature):
                signature = signature.replace("{now}", str(int(time())))
                refused(post(body, signature=signature.encode().decode("latin-1")))

    def test_none_at_all_is_refused(self, gateway_client, body, refused):
        refused(gateway_client.generic("POST", WEBHOOK, body, content_type="application/json"))

    def test_one_with_another_secret_is_refused(self, post, body, refused):
        refused(post(body, signature=sign(body, "guessed")))

    def test_one_of_another_body_is_refused(self, post, body, refused, secret):
        refused(post(body, signature=sign(body + b" ", secret)))

    def test_one_whose_time_was_renewed_is_refused(self, post, body, refused, secret):
        old = sign(body, secret, at=time() - 3600)
        refused(post(body, signature=f"t={int(time())},{old.partition(',')[2]}"))

    @pytest.mark.parametrize("seconds", [-TOLERANCE - 5, TOLERANCE + 5])
    def test_a_stale_one_is_refused(self, post, body, refused, secret, seconds):
        response = post(body, signature=sign(body, secret, at=time() + seconds))
        refused(response)
        assert response.json()["detail"] == "The signature is stale."

    @pytest.mark.parametrize("seconds", [-TOLERANCE + 5, TOLERANCE - 5])
    def test_clocks_may_differ_a_little(self, post, body, state, secret, seconds):
        response = post(body, signature=sign(body, secret, at=time() + seconds))
        assert (response.status_code, response.content) == (200, b"")
        assert state() == ("paid", 7)

    def test_one_of_several_secrets_is_enough(self, post, body, state, secret):
        ours = sign(body, secret)
        theirs = sign(body, "the-one-before").partition(",")[2]
        assert post(body, signature=f"{ours},{theirs},v0=00").status_code == 200
        assert state() == ("paid", 7)


class TestBody:
    def test_what_is_no_event_is_refused(self, post, payment, refused, subtests):
        for body in [
            b"",
            b"{",
            b"null",
            b"[]",
            b'"text"',
            b"\xff\xfe",
            b"\0",
            b'{"id": "\0"}',
            b"[" * 100_000,
            b"9" * 5000,
        ]:
            with subtests.test(body=body):
                refused(post(body))

    def test_an_event_in_another_encoding_is_refused(self, post, body, refused):
        refused(post(body.decode().encode("utf-16")))

    @pytest.mark.parametrize("name", ["id", "kind", "key", "amount"])
    def test_fields_that_are_no_texts_are_refused(self, tell, payment, refused, name, subtests):
        for value in [None, 1, ["succeeded"]]:
            with subtests.test(value=value):
                refused(tell("succeeded", payment, **{name: value}))

    def test_ids_that_cannot_be_kept_are_refused(self, tell, payment, refused, subtests):
        for value in ["", "\0", "evt_\0", "\ud800", "a\nb"]:
            with subtests.test(value=value):
                refused(tell("succeeded", payment, id=value))

    def test_unknown_kinds_are_refused(self, tell, payment, refused, subtests):
        for kind in ["", "Succeeded", "paid", "\0"]:
            with subtests.test(kind=kind):
                refused(tell(kind, payment))

    def test_amounts_that_are_none_are_refused(self, tell, payment, refused, subtests):
        for amount in [
            "",
            " 33.00",
            "33.00\n",
            "33,00",
            "-33.00",
            "+33.00",
            "33.",
            ".5",
            "33.001",
            "3.3e1",
        ] + ["1e999999999", "NaN", "sNaN", "Infinity", "-Infinity", "٣٣", "9" * 5000, "\0"]:
            with subtests.test(amount=amount):
                refused(tell("succeeded", payment, amount=amount))

    def test_json_numbers_are_no_amounts(self, post, payment, refused, subtests):
        """Not even one that is right: a float may have been rounded on its way."""
        fields = {"id": "evt_1", "kind": "succeeded", "key": str(payment.key), "amount": "?"}

        for amount in ["33.0", "0.1", "NaN", "Infinity", "1e400", "33"]:
            with subtests.test(amount=amount):
                refused(post(json.dumps(fields).replace('"?"', amount).encode()))

    def test_a_huge_one_is_413(self, post, payment, refused, settings):
        refused(post(b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)), status=413)

    @pytest.mark.parametrize("amount", ["33", "33.0", "033.00"])
    def test_an_amount_may_be_written_shorter(self, tell, payment, state, amount):
        assert tell("succeeded", payment, amount=amount).status_code == 200
        assert state() == ("paid", 7)

    @pytest.mark.parametrize(
        "content_type",
        ["", "text/plain", "application/xml", "application/json; charset=none"]
        + ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "é"],
    )
    def test_any_content_type_will_do(self, post, body, state, content_type):
        assert post(body, content_type=content_type).status_code == 200
        assert state() == ("paid", 7)


class TestRequest:
    def test_is_a_post(self, gateway_client, subtests):
        for method in ["get", "put", "patch", "delete"]:
            with subtests.test(method=method):
                response = getattr(gateway_client, method)(WEBHOOK)
                assert (response.status_code, response["Allow"]) == (405, "POST, OPTIONS")

    def test_needs_no_token_and_heeds_none(self, post, body, state, secret):
        headers = {"Payment-Signature": sign(body, secret), "Authorization": "JWT nonsense"}
        assert post(body, headers=headers).status_code == 200
        assert state() == ("paid", 7)

    def test_is_404_where_there_is_no_gateway(self, post, body, settings):
        settings.STORE_PAYMENT_GATEWAY = ""
        assert post(body).status_code == 404

    def test_may_ask_for_any_kind_of_answer(self, post, body, state, secret):
        headers = {"Payment-Signature": sign(body, secret), "Accept": "application/xml"}
        assert post(body, headers=headers).status_code == 200
        assert state() == ("paid", 7)


class TestRecord:
    def test_is_what_came_and_what_became_of_it(self, post, body, payment):
        post(body)
        event = PaymentEvent.objects.get()
        fields = json.loads(body)
        assert (event.gateway, event.event_id, event.kind, event.payload) == (
            "development",
            fields["id"],
            "succeeded",
            body.decode(),
        )
        assert (event.payment, event.outcome) == (payment, "paid the order")

    def test_is_made_once_however_often_the_event_comes(self, post, body, order, state):
        assert [post(body).status_code for _ in range(3)] == [200, 200, 200]
        assert PaymentEvent.objects.count() == 1
        assert state() == ("paid", 7)
        assert order.status_changes.filter(to_status="paid").count() == 1

    def test_holds_for_an_event_under_the_same_id_that_says_something_else(
        self, tell, payment, state
    ):
        tell("failed", payment, id="evt_1")
        assert tell("succeeded", payment, id="evt_1").status_code == 200
        assert PaymentEvent.objects.get().kind == "failed"
        assert state() == ("pending", 7)

    def test_tells_ids_apart_by_case_and_length(self, tell, payment):
        for name in ["evt_a", "evt_A", "x" * 300, "x" * 301]:
            assert tell("failed", payment, id=name).status_code == 200
        assert PaymentEvent.objects.count() == 4

    @pytest.mark.parametrize(
        "key", ["", "nonsense", "1b671a64-40d5-491e-99b0-da01ff1f3341", "\0", "９" * 32, "0" * 5000]
    )
    def test_of_a_payment_that_is_not_ours_changes_nothing(self, tell, payment, state, key):
        assert tell("succeeded", payment, key=key).status_code == 200
        event = PaymentEvent.objects.get()
        assert (event.payment, event.outcome) == (None, "no payment of this shop")
        assert state() == ("pending", 7)

    def test_of_a_payment_at_another_gateway_changes_nothing(self, tell, payment, state):
        Payment.objects.update(gateway="ledger")
        assert tell("succeeded", payment).status_code == 200
        assert PaymentEvent.objects.get().outcome == "no payment of this shop"
        assert state() == ("pending", 7)

    def test_goes_with_its_effect_or_not_at_all(self, post, body, state, history_fails):
        """What fails halfway is not recorded, and applied when it comes again."""
        with history_fails(), pytest.raises(RuntimeError):
            post(body)
        assert state() == ("pending", 7)
        assert not PaymentEvent.objects.exists()
        assert post(body).status_code == 200
        assert state() == ("paid", 7)
