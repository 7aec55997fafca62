"""Orders whose payment stays open for too long."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from store.models import OrderStatusChange, Payment, PaymentEvent
from store.tasks import cancel_overdue_orders
from storefront.settings.queues import BEAT_SCHEDULE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def timeout(settings):
    settings.STORE_PAYMENT_TIMEOUT = 30


def age(minutes):
    """Let everything have happened so much earlier."""
    earlier = timezone.now() - timedelta(minutes=minutes)
    Payment.objects.update(created_at=earlier)
    OrderStatusChange.objects.update(changed_at=earlier)


class TestOverdue:
    def test_is_cancelled_by_the_shop(self, payment, order, state, mailoutbox):
        age(31)
        mailoutbox.clear()
        cancel_overdue_orders()
        assert state() == ("cancelled", 10)
        change = order.status_changes.get(to_status="cancelled")
        assert (change.changed_by, change.reason) == (None, "No payment arrived in time.")
        payment.refresh_from_db()
        assert payment.status == "open"

    def test_the_customer_is_told(
        self, payment, state, mailoutbox, django_capture_on_commit_callbacks
    ):
        age(31)
        mailoutbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            cancel_overdue_orders()
        assert [mail.to for mail in mailoutbox] == [["ann@example.com"]]

    def test_is_cancelled_by_the_command_too(self, payment, state, capsys):
        age(31)
        call_command("cancel_overdue_orders")
        assert state() == ("cancelled", 10)
        assert capsys.readouterr().out == "Orders cancelled: 1.\n"

    def test_once(self, payment, order):
        age(31)
        cancel_overdue_orders()
        cancel_overdue_orders()
        assert order.status_changes.count() == 2

    def test_a_success_that_comes_later_goes_back_and_is_reported(
        self, payment, state, tell, settings, mailoutbox
    ):
        settings.ADMINS = [("Ann", "admin@example.com")]
        age(31)
        cancel_overdue_orders()
        mailoutbox.clear()
        tell("succeeded", payment)
        payment.refresh_from_db()
        assert (payment.status, state()) == ("refunded", ("cancelled", 10))
        assert PaymentEvent.objects.get().outcome == "refund due: the order takes no money"
        assert [mail.subject for mail in mailoutbox] == [f"Payment {payment.pk} was refunded"]

    def test_one_keeps_no_other_back(self, place, pay, product, history_fails):
        orders = [place() for _ in range(3)]
        for order in orders:
            pay(order)
        age(31)
        with history_fails(orders[1]):
            cancel_overdue_orders()
        for order in orders:
            order.refresh_from_db()
        assert [order.status for order in orders] == ["cancelled", "pending", "cancelled"]
        product.refresh_from_db()
        assert product.inventory == 7

    def test_the_sweep_comes_every_minute(self):
        assert BEAT_SCHEDULE["cancel-overdue-orders"]["task"] == cancel_overdue_orders.name
        assert BEAT_SCHEDULE["cancel-overdue-orders"]["schedule"] == 60


class TestNotOverdue:
    @pytest.fixture
    def unchanged(self, state):
        def unchanged(status="pending", stock=7):
            cancel_overdue_orders()
            assert state() == (status, stock)

        return unchanged

    def test_is_nothing_while_the_setting_is_off(self, payment, settings, unchanged):
        settings.STORE_PAYMENT_TIMEOUT = 0
        age(1_000_000)
        unchanged()

    def test_is_a_payment_that_is_young(self, payment, unchanged):
        age(29)
        unchanged()

    def test_is_an_order_that_nobody_began_to_pay_for(self, order, unchanged):
        age(31)
        unchanged()

    @pytest.mark.parametrize("kind", ["failed", "refunded"])
    def test_is_a_payment_that_ended(self, payment, tell, unchanged, kind):
        tell(kind, payment)
        age(31)
        unchanged()

    @pytest.mark.parametrize("steps", [["succeeded"], ["failed", "succeeded"]])
    def test_is_an_order_that_is_paid(self, payment, tell, unchanged, steps):
        for kind in steps:
            tell(kind, payment)
        age(31)
        unchanged("paid")

    def test_is_an_order_that_staff_have_marked(self, payment, staff, order, unchanged):
        staff.patch(f"/store/orders/{order.pk}/", {"payment_status": "C"}, format="json")
        age(31)
        unchanged("paid")

    def test_is_an_order_that_staff_have_just_taken_up_again(
        self, payment, staff, order, unchanged, state
    ):
        age(31)
        cancel_overdue_orders()
        assert state() == ("cancelled", 10)
        staff.patch(f"/store/orders/{order.pk}/", {"payment_status": "P"}, format="json")
        unchanged()
        age(31)
        unchanged("cancelled", 10)
