"""Orders that are due online and not paid in time."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from store.models import Cart, Order, Payment, PaymentEvent
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
    Order.objects.filter(expires_at__isnull=False).update(
        expires_at=F("expires_at") - timedelta(minutes=minutes)
    )


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

    def test_is_one_that_nobody_began_to_pay_for(self, order, state):
        age(31)
        cancel_overdue_orders()
        assert state() == ("cancelled", 10)

    def test_is_one_whose_payment_failed(self, payment, tell, state):
        tell("failed", payment)
        age(31)
        cancel_overdue_orders()
        assert state() == ("cancelled", 10)

    def test_is_one_whose_payment_began_late_some_minutes_later(self, order, pay, state):
        age(31)
        pay(order)
        cancel_overdue_orders()
        assert state() == ("pending", 7)
        age(13)
        pay(order)
        cancel_overdue_orders()
        assert state() == ("pending", 7)
        age(2)
        cancel_overdue_orders()
        assert state() == ("cancelled", 10)

    def test_no_payment_after_another_holds_the_stock_for_ever(self, order, pay, tell, state):
        age(46)
        tell("failed", pay(order))
        pay(order)
        cancel_overdue_orders()
        assert state() == ("cancelled", 10)

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

    def test_is_an_order_from_before_it_had_a_time(self, payment, order, unchanged):
        Order.objects.update(expires_at=None)
        age(1_000_000)
        unchanged()

    def test_is_an_order_of_a_shop_without_a_gateway(self, place, product, settings):
        settings.STORE_PAYMENT_GATEWAY = ""
        assert place().expires_at is None

    def test_is_an_order_that_was_placed_while_the_setting_was_off(
        self, place, settings, unchanged
    ):
        settings.STORE_PAYMENT_TIMEOUT = 0
        assert place().expires_at is None

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
        age(1_000_000)
        unchanged()


class TestUnpaid:
    """While orders expire, a customer has some unpaid ones at most."""

    @pytest.fixture(autouse=True)
    def limit(self, settings):
        settings.STORE_UNPAID_ORDERS = 2

    @pytest.fixture
    def order_again(self, api_client, product):
        def order_again():
            cart = Cart.objects.create()
            cart.items.create(product=product, quantity=1)
            body = {"cart_id": str(cart.pk)}
            return api_client.post("/store/orders/", body, format="json"), cart

        return order_again

    def test_one_too_many_is_refused_and_nothing_changes(self, place, order_again, product):
        place(), place()
        response, cart = order_again()
        assert response.status_code == 409
        assert response.json() == {
            "detail": "You have 2 unpaid orders; pay for one or cancel one first.",
            "code": "too_many_unpaid",
        }
        product.refresh_from_db()
        assert (Order.objects.count(), product.inventory) == (2, 4)
        assert Cart.objects.get() == cart

    def test_the_same_cart_again_is_answered_as_before(self, api_client, place, order_again):
        place()
        response, cart = order_again()
        again = api_client.post("/store/orders/", {"cart_id": str(cart.pk)}, format="json")
        assert (again.status_code, again.json()) == (200, response.json())

    @pytest.mark.parametrize("end", ["paid", "cancelled", "overdue"])
    def test_one_that_ends_makes_room(self, api_client, place, pay, tell, order_again, end):
        place()
        order = place()
        match end:
            case "paid":
                tell("succeeded", pay(order))
            case "cancelled":
                api_client.post(f"/store/orders/{order.pk}/cancel/")
            case "overdue":
                age(31)
                cancel_overdue_orders()
        assert order_again()[0].status_code == 201

    def test_those_of_others_and_of_before_do_not_count(
        self, place, order_again, sign_in, settings
    ):
        place(), place()
        Order.objects.filter(pk=Order.objects.first().pk).update(expires_at=None)
        assert order_again()[0].status_code == 201
        assert order_again()[0].status_code == 409
        sign_in("bob")
        assert order_again()[0].status_code == 201

    def test_there_is_no_bound_while_orders_do_not_expire(self, place, order_again, settings):
        settings.STORE_PAYMENT_TIMEOUT = 0
        place(), place()
        assert order_again()[0].status_code == 201
