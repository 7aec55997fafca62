"""Money that was paid for nothing goes back, once, and ADMINS hear of it once."""

from decimal import Decimal

import pytest
from django.core.management import call_command

from outbox.models import Mail
from store.gateways import GatewayError
from store.models import Order, Payment
from store.tasks import refund_payments
from storefront.settings.queues import BEAT_SCHEDULE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def admins(settings):
    settings.ADMINS = [("Ann", "admin@example.com"), ("Bob", "bob@admin.example.com")]


@pytest.fixture
def payment(ledger, pay, order):
    return pay(order)


@pytest.fixture
def arrive(post, settings):
    """Let the ledger tell of a payment."""

    def arrive(payment, kind="succeeded"):
        body = f"{kind}-{payment.pk} {kind} {payment.key} 3300".encode()
        headers = {"X-Ledger-Secret": settings.STORE_PAYMENT_WEBHOOK_SECRET}
        assert post(body, headers=headers).status_code == 200

    return arrive


@pytest.fixture
def cancel(api_client):
    def cancel(order):
        assert api_client.post(f"/store/orders/{order.pk}/cancel/").status_code == 200

    return cancel


@pytest.fixture
def due(payment, arrive, cancel, order, ledger):
    """A payment that the gateway would not give back yet."""
    ledger.errors["*"] = GatewayError("busy")
    cancel(order)
    arrive(payment)
    return payment


def status(payment):
    payment.refresh_from_db()
    return payment.status


def reports():
    return [mail.subject for mail in Mail.objects.filter(key__endswith="admin@example.com")]


class TestCancelling:
    def test_a_paid_order_gives_the_money_back(self, arrive, cancel, payment, order, ledger, state):
        arrive(payment)
        cancel(order)
        assert (status(payment), state()) == ("refunded", ("cancelled", 10))
        assert ledger.refunds == {str(payment.key): Decimal("33.00")}
        assert ledger.asked[1:] == [
            {"refund": f"led_{payment.key}", "amount": Decimal("33.00")},
        ]
        assert reports() == [f"Payment {payment.pk} was refunded"]

    def test_a_pending_order_has_none_to_give_back(self, cancel, payment, order, ledger):
        cancel(order)
        assert (status(payment), ledger.refunds, reports()) == ("open", {}, [])

    def test_an_order_whose_payment_failed_neither(self, arrive, cancel, payment, order, ledger):
        arrive(payment, "failed")
        cancel(order)
        assert (status(payment), ledger.refunds) == ("failed", {})

    def test_each_of_admins_is_told_once(self, arrive, cancel, payment, order, mailoutbox):
        arrive(payment)
        mailoutbox.clear()
        cancel(order)
        refund_payments()
        told = [mail for mail in mailoutbox if mail.to != ["ann@example.com"]]
        assert [mail.to for mail in told] == [["admin@example.com"], ["bob@admin.example.com"]]
        assert told[0].body == (
            f"Payment {payment.pk} (ledger, led_{payment.key}) of 33.00 USD\n"
            f"for order {order.pk} was refunded: the order was cancelled or refunded, or takes no"
            " more money.\n"
        )


class TestGatewayThatFails:
    def test_the_payment_waits(self, due, state):
        assert (status(due), state()) == ("refund_due", ("cancelled", 10))
        assert reports() == []

    def test_it_is_known_since_when(self, payment, arrive, cancel, order, ledger):
        arrive(payment)
        paid_at = Payment.objects.get().changed_at
        ledger.errors["*"] = GatewayError("busy")
        cancel(order)
        assert status(payment) == "refund_due"
        assert payment.changed_at > paid_at

    def test_the_sweep_tries_again(self, due, ledger):
        refund_payments()
        assert status(due) == "refund_due"
        ledger.errors.clear()
        refund_payments()
        assert (status(due), reports()) == ("refunded", [f"Payment {due.pk} was refunded"])
        refund_payments()
        assert len([asked for asked in ledger.asked if "refund" in asked]) == 3
        assert len(reports()) == 1

    def test_the_command_tries_again_too(self, due, ledger, capsys):
        call_command("refund_payments")
        ledger.errors.clear()
        call_command("refund_payments")
        assert status(due) == "refunded"
        assert capsys.readouterr().out == "Payments given back: 0.\nPayments given back: 1.\n"

    def test_the_sweep_comes_every_minute(self):
        assert BEAT_SCHEDULE["refund-payments"]["task"] == refund_payments.name
        assert BEAT_SCHEDULE["refund-payments"]["schedule"] == 60

    def test_a_worker_that_dies_after_the_refund_makes_no_second_one(self, due, ledger):
        """The gateway gave it back, and the shop did not live to write that down."""
        ledger.errors.clear()
        ledger.refunds[str(due.key)] = due.amount
        refund_payments()
        assert (status(due), len(reports())) == ("refunded", 1)
        assert ledger.refunds == {str(due.key): Decimal("33.00")}

    def test_the_news_of_a_refund_may_overtake_its_answer(self, due, arrive, ledger):
        arrive(due, "refunded")
        assert (status(due), reports()) == ("refunded", [f"Payment {due.pk} was refunded"])
        asked = list(ledger.asked)
        refund_payments()
        assert (ledger.asked, len(reports())) == (asked, 1)

    @pytest.mark.parametrize("error", [GatewayError("no"), RuntimeError("a bug"), ValueError()])
    def test_one_payment_keeps_no_other_back(self, due, place, pay, arrive, cancel, ledger, error):
        ledger.errors = {str(due.key): error}
        others = [pay(place()) for _ in range(2)]
        for other in others:
            cancel(other.order)
            arrive(other)
        assert [status(each) for each in [due, *others]] == ["refund_due", "refunded", "refunded"]

    def test_a_deleted_order_keeps_no_money_back(self, due, staff, order, ledger):
        assert staff.delete(f"/store/orders/{order.pk}/").status_code == 204
        ledger.errors.clear()
        refund_payments()
        assert (status(due), due.order) == ("refunded", None)
        assert not Order.objects.exists()


class TestAnotherGatewayNow:
    @pytest.mark.parametrize("name", ["", "store.gateways.development.DevelopmentGateway"])
    def test_the_payment_waits_and_the_log_says_so(self, due, settings, caplog, name):
        settings.STORE_PAYMENT_GATEWAY = name
        settings.STORE_PAYMENT_GATEWAY_OPTIONS = {}
        refund_payments()
        assert status(due) == "refund_due"
        assert f"Payment {due.pk} is due for refund at a gateway that is gone" in caplog.text

    def test_an_open_payment_is_not_taken_for_the_new_one_s(self, due, place, pay, settings):
        order = place()
        Payment.objects.update(order=order, status="open")
        settings.STORE_PAYMENT_GATEWAY = "store.gateways.development.DevelopmentGateway"
        settings.STORE_PAYMENT_GATEWAY_OPTIONS = {}
        assert pay(order).gateway == "development"
