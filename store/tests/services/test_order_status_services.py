from contextlib import contextmanager
from functools import partial
from itertools import product as pairs

import pytest
from django.db import connection

from outbox.models import Mail
from store.exceptions import OrderStatusConflict, OutOfStock, PaymentStatusConflict
from store.models import Order, OrderStatus, OrderStatusChange, Payment, Product, Version
from store.models.versions import SALES
from store.services.order_mails import NEWS
from store.services.order_status import (
    BY_PAYMENT_STATUS,
    COLUMNS,
    TRANSITIONS,
    change_order_status,
    change_payment_status,
)
from store.services.orders import delete_order
from store.signals import order_status_changed, refund_due

pytestmark = pytest.mark.django_db

# From, to -> how many of its three pieces the stock gains.
ALLOWED = {
    ("pending", "paid"): 0,
    ("pending", "cancelled"): 3,
    ("paid", "shipped"): 0,
    ("paid", "cancelled"): 3,
    ("shipped", "delivered"): 0,
    ("shipped", "refunded"): 0,
    ("delivered", "refunded"): 0,
    ("cancelled", "pending"): -3,
    ("cancelled", "paid"): -3,
}
SAME = {(status, status): 0 for status in OrderStatus.values}
REFUSED = set(pairs(OrderStatus.values, repeat=2)) - set(ALLOWED) - set(SAME)


@pytest.fixture
def make_order(customer, product):
    """Make an order of three of ten teapots that has come to a status."""

    def make_order(status):
        order = Order.objects.create(customer=customer, **COLUMNS[status])
        order.items.create(product=product, title="Teapot", quantity=3, unit_price="10.00")
        Product.objects.update(inventory=10 if status == "cancelled" else 7)
        order.refresh_from_db()
        return order

    return make_order


@pytest.fixture
def order(make_order):
    return make_order("pending")


@pytest.fixture
def announced():
    """Collect the steps that the signal announces."""
    steps = []

    def receive(order, change, **kwargs):
        steps.append((order.status, change.from_status, change.to_status))

    order_status_changed.connect(receive)
    yield steps
    order_status_changed.disconnect(receive)


def state():
    """Return the order's status, the stock, and what every step leaves behind."""
    return (
        Order.objects.get().status,
        Product.objects.get().inventory,
        OrderStatusChange.objects.count(),
        Mail.objects.count(),
    )


@contextmanager
def meanwhile(step):
    """Let somebody else take a step before the first statement that changes an order."""
    steps = [step]

    def go_first(execute, sql, *args):
        if steps and sql.replace("`", '"').startswith('UPDATE "store_order" '):
            steps.pop()()
        return execute(sql, *args)

    with connection.execute_wrapper(go_first):
        yield


class TestTable:
    def test_every_status_has_its_row_its_columns_and_its_words(self):
        assert set(TRANSITIONS) == set(COLUMNS) == set(NEWS) == set(OrderStatus.values)
        assert {(old, new) for old, news in TRANSITIONS.items() for new in news} == set(ALLOWED)

    def test_the_columns_of_a_status_make_the_database_say_it(self, make_order):
        assert {status: make_order(status).status for status in COLUMNS} == {
            status: status for status in OrderStatus.values
        }

    def test_every_payment_status_leads_somewhere(self):
        assert set(BY_PAYMENT_STATUS) == {value for value, _ in Order.PAYMENT_STATUS_CHOICES}


class TestChangeOrderStatus:
    @pytest.mark.parametrize(("old", "new"), sorted(REFUSED))
    def test_refuses_what_the_table_does_not_allow(self, make_order, old, new):
        order = make_order(old)
        before = state()

        with pytest.raises(OrderStatusConflict, match=f"cannot go from {old} to {new}"):
            change_order_status(order=order, status=new)

        assert state() == before == (old, before[1], 0, 0)

    @pytest.mark.parametrize(("old", "new"), ALLOWED)
    def test_moves_along_the_table_and_the_stock_follows(
        self, make_order, announced, django_capture_on_commit_callbacks, old, new
    ):
        order = make_order(old)
        stock = Product.objects.get().inventory

        with django_capture_on_commit_callbacks(execute=True):
            changed = change_order_status(order=order, status=new)
            assert announced == []

        assert changed.status == new
        assert state() == (new, stock + ALLOWED[old, new], 1, 1)
        assert announced == [(new, old, new)]

    @pytest.mark.parametrize("status", OrderStatus.values)
    def test_the_same_again_leaves_no_trace(
        self, make_order, announced, django_capture_on_commit_callbacks, status
    ):
        order = make_order(status)
        before, version = state(), Version.objects.current(SALES)

        with django_capture_on_commit_callbacks(execute=True) as callbacks:
            assert change_order_status(order=order, status=status).status == status

        assert state() == before == (status, before[1], 0, 0)
        assert announced == callbacks == []
        assert Version.objects.current(SALES) == version

    @pytest.mark.parametrize("status", ["pending", "paid"])
    def test_takes_a_cancelled_order_up_only_from_stock(self, make_order, product, status):
        order = make_order("cancelled")
        Product.objects.update(inventory=2)

        with pytest.raises(OutOfStock) as refusal:
            change_order_status(order=order, status=status)

        assert refusal.value.shortages == [(product.pk, 3, 2)]
        assert state() == ("cancelled", 2, 0, 0)

    def test_goes_by_the_row_and_not_by_a_stale_instance(self, order):
        stale = Order.objects.get()
        change_order_status(order=order, status="cancelled")

        change_order_status(order=stale, status="cancelled")

        assert state() == ("cancelled", 10, 1, 1)

    def test_refuses_a_status_that_nobody_saw(self, order):
        change_order_status(order=order, status="paid")

        with pytest.raises(OrderStatusConflict, match="has become paid meanwhile"):
            change_order_status(order=order, status="cancelled", seen="pending")

        assert state() == ("paid", 7, 1, 1)

    def test_the_same_wish_of_two_is_no_conflict(self, order):
        change_order_status(order=order, status="paid", seen="pending")

        change_order_status(order=order, status="paid", seen="pending")

        assert state() == ("paid", 7, 1, 1)

    def test_the_guard_stands_where_the_read_was_too_old(self, order):
        pay = partial(Order.objects.update, payment_status="C")

        with meanwhile(pay), pytest.raises(OrderStatusConflict, match="has changed meanwhile"):
            change_order_status(order=order, status="cancelled")

        assert state()[1:] == (7, 0, 0)

    def test_a_deleted_order_is_not_there(self, order):
        stale = Order.objects.get()
        delete_order(order=order)

        with pytest.raises(Order.DoesNotExist):
            change_order_status(order=stale, status="cancelled")

        assert Product.objects.get().inventory == 10

    def test_a_failing_listener_undoes_nothing(
        self, order, caplog, django_capture_on_commit_callbacks
    ):
        def fail(order, **kwargs):
            raise RuntimeError("listener is down")

        order_status_changed.connect(fail)
        with django_capture_on_commit_callbacks(execute=True):
            change_order_status(order=order, status="paid")
        order_status_changed.disconnect(fail)

        assert "listener is down" in caplog.text
        assert state() == ("paid", 7, 1, 1)


class TestMoney:
    @pytest.mark.parametrize(
        ("old", "new", "left"),
        [
            ("paid", "cancelled", "refund_due"),
            ("shipped", "refunded", "refund_due"),
            ("delivered", "refunded", "refund_due"),
            ("paid", "shipped", "succeeded"),
            ("shipped", "delivered", "succeeded"),
        ],
    )
    def test_goes_back_with_a_cancellation_and_a_refund_only(
        self, make_order, django_capture_on_commit_callbacks, old, new, left
    ):
        order = make_order(old)
        for status in ("succeeded", "failed", "refunded"):
            Payment.objects.create(order=order, gateway="none", amount=30, status=status)
        asked = []

        def receive(**kwargs):
            asked.append(1)

        refund_due.connect(receive)
        with django_capture_on_commit_callbacks(execute=True):
            change_order_status(order=order, status=new)
        refund_due.disconnect(receive)

        found = Payment.objects.order_by("pk").values_list("status", flat=True)
        assert list(found) == [left, "failed", "refunded"]
        assert len(asked) == (left == "refund_due")


class TestChangePaymentStatus:
    @pytest.mark.parametrize("status", ["pending", "cancelled"])
    def test_of_an_order_that_is_paid_at_this_moment(self, order, status):
        seen = {"pending": "P", "cancelled": "F"}[status]
        Order.objects.update(payment_status="C")

        with pytest.raises(PaymentStatusConflict):
            change_payment_status(order=order, payment_status=seen, seen="P")

        assert state() == ("paid", 7, 0, 0)
