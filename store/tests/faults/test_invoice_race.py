"""Many invoices issued at once, with failures between them: numbers without a gap, one for each order."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from store.models import Invoice, InvoiceCounter, Order, OrderItem
from store.services.invoices import issue_invoice, issue_invoices
from store.services.order_status import change_order_status

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

CLERKS = 20


class Crash(Exception):
    pass


@pytest.fixture
def make_orders(make_product, make_users):
    def make_orders(number):
        product, owner = make_product(), make_users(1)[0]
        orders = [Order.objects.create(customer=owner.customer) for _ in range(number)]
        OrderItem.objects.bulk_create(
            OrderItem(order=order, product=product, quantity=1, unit_price=1) for order in orders
        )
        return orders

    return make_orders


def at_once(work, arguments):
    """Call with each argument in a thread of its own, all at one moment; return what they raised."""
    start = Barrier(len(arguments))

    def run(argument):
        try:
            start.wait(60)
            work(argument)
        except Crash as crash:
            return crash
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(arguments)) as pool:
        return [crash for crash in pool.map(run, arguments) if crash]


def positions(**fields):
    return sorted(Invoice.objects.filter(**fields).values_list("position", flat=True))


def test_orders_get_the_numbers_one_to_n(make_orders):
    orders = make_orders(CLERKS)

    # In a new year: the counter is inserted by one of them.
    assert at_once(lambda order: issue_invoice(order=order), orders) == []

    assert positions() == [*range(1, CLERKS + 1)]
    assert Invoice.objects.values("order").distinct().count() == CLERKS
    times = Invoice.objects.order_by("position").values_list("issued_at", flat=True)
    assert sorted(times) == list(times)


def test_one_order_gets_one_invoice(make_orders):
    [order] = make_orders(1)

    assert at_once(lambda each: issue_invoice(order=each), [order] * CLERKS) == []

    assert positions() == [1]
    assert InvoiceCounter.objects.get().last == 1


def test_those_that_crash_leave_no_gap(make_orders):
    orders = make_orders(CLERKS)

    def issue(order):
        with transaction.atomic():
            issue_invoice(order=order)
            if order.pk % 2:
                raise Crash

    crashes = at_once(issue, orders)

    assert len(crashes) == CLERKS // 2
    assert positions() == [*range(1, CLERKS // 2 + 1)]


def test_selections_that_overlap_get_one_invoice_each(make_orders):
    keys = [order.pk for order in make_orders(CLERKS)]
    selections = [keys[start : start + 10] for start in range(11)]

    assert at_once(lambda chosen: issue_invoices(keys=chosen), selections) == []

    assert positions() == [*range(1, CLERKS + 1)]


def test_what_is_cancelled_meanwhile_has_no_standing_invoice(make_orders):
    orders = make_orders(CLERKS // 2)
    steps = [(order, step) for order in orders for step in ("issue", "cancel")]

    def do(step):
        order, name = step
        if name == "issue":
            issue_invoices(keys=[order.pk])
        else:
            change_order_status(order=order, status="cancelled")

    assert at_once(do, steps) == []

    issued = Invoice.objects.filter(kind="invoice").count()
    assert not Invoice.objects.standing().exists()
    assert positions(kind="invoice") == [*range(1, issued + 1)]
    assert positions(kind="credit_note") == [*range(1, issued + 1)]
