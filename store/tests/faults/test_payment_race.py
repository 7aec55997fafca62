"""What a gateway tells, at the moment when somebody else moves the order: no money is kept for nothing."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from outbox.models import Mail
from store.gateways.development import SIGNATURE, encode, new_event
from store.gateways.signatures import sign
from store.models import Order, OrderItem, OrderStatusChange, Payment, PaymentEvent
from store.tasks import cancel_overdue_orders

from .crowd import Request

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

PIECES = 3


@pytest.fixture(autouse=True)
def admins(settings):
    settings.ADMINS = [("Ann", "admin@example.com")]


@pytest.fixture
def product(make_product):
    """A product of which all pieces are in orders."""
    return make_product(inventory=0)


@pytest.fixture
def owners(make_users, racers):
    return make_users(racers)


@pytest.fixture
def orders(owners, product):
    made = [Order.objects.create(customer=owner.customer) for owner in owners]
    for order in made:
        OrderItem.objects.create(order=order, product=product, quantity=PIECES, unit_price=10)
    return made


@pytest.fixture
def make_payments():
    """Make a payment of each order."""

    def make_payments(orders, **fields):
        return [
            Payment.objects.create(
                order=order, gateway="development", amount=Decimal(30), reference="dev", **fields
            )
            for order in orders
        ]

    return make_payments


@pytest.fixture
def payments(orders, make_payments):
    return make_payments(orders)


@pytest.fixture
def delivery(settings):
    """Return the delivery of a new event."""

    def delivery(payment, kind="succeeded"):
        body = json.loads(encode(new_event(kind, str(payment.key), payment.amount)))
        signature = sign(json.dumps(body).encode(), settings.STORE_PAYMENT_WEBHOOK_SECRET)
        return Request("POST", "/store/payments/webhook/", body, headers={SIGNATURE: signature})

    return delivery


def states():
    """Count the orders and payments by their status."""
    rows = Payment.objects.order_by().values_list("order__status", "status")
    return Counter(rows)


def reports():
    return Mail.objects.filter(recipient="admin@example.com").count()


def steps(to):
    return OrderStatusChange.objects.filter(to_status=to).count()


def stock(product):
    product.refresh_from_db()
    return product.inventory


def test_an_event_that_comes_many_times_at_once_is_heeded_once(payments, delivery, at_once, racers):
    one_of_each = [delivery(payment) for payment in payments]

    responses = at_once([request for request in one_of_each for _ in range(6)])

    assert {response.status for response in responses} == {200}
    assert PaymentEvent.objects.count() == steps("paid") == racers
    assert states() == {("paid", "succeeded"): racers}
    assert Mail.objects.filter(key__contains=":status:").count() == racers


def test_events_that_overtake_each_other_end_alike(payments, delivery, at_once, product, racers):
    kinds = ["failed", "succeeded", "failed"]

    responses = at_once([delivery(payment, kind) for payment in payments for kind in kinds])

    assert {response.status for response in responses} == {200}
    assert states() == {("paid", "succeeded"): racers}
    assert (steps("paid"), stock(product)) == (racers, 0)


def test_a_success_and_its_refund_at_once_keep_no_money(payments, delivery, at_once, product):
    kinds = ["refunded", "succeeded"]

    responses = at_once([delivery(payment, kind) for payment in payments for kind in kinds])

    assert {response.status for response in responses} == {200}
    assert set(states()) <= {("cancelled", "refunded"), ("pending", "refunded")}
    assert steps("paid") == steps("cancelled")
    assert stock(product) == steps("cancelled") * PIECES


@pytest.mark.parametrize("canceller", ["owner", "clerk"])
def test_a_success_against_a_cancellation_gives_the_money_back(
    orders, owners, clerk, payments, delivery, at_once, product, racers, canceller
):
    requests = []
    for order, owner, payment in zip(orders, owners, payments, strict=True):
        cancel = Request("POST", f"/store/orders/{order.pk}/cancel/", {}, owner.token)
        if canceller == "clerk":
            body = {"payment_status": "F"}
            cancel = Request("PATCH", f"/store/orders/{order.pk}/", body, clerk.token)
        requests += [delivery(payment), cancel]

    responses = at_once(requests)

    assert {response.status for response in responses[::2]} == {200}
    # Staff who cancel an unpaid order are told that it is paid by now; its owner cancels a paid one too.
    cancelled = Counter(response.status for response in responses[1::2])[200]
    assert cancelled == racers or canceller == "clerk"
    assert states() == +Counter(
        {("cancelled", "refunded"): cancelled, ("paid", "succeeded"): racers - cancelled}
    )
    assert (reports(), steps("cancelled"), stock(product)) == (
        cancelled,
        cancelled,
        cancelled * PIECES,
    )


def test_a_success_against_a_deletion_gives_the_money_back(
    orders, clerk, payments, delivery, at_once, product
):
    requests = []
    for order, payment in zip(orders, payments, strict=True):
        requests.append(delivery(payment))
        requests.append(Request("DELETE", f"/store/orders/{order.pk}/", token=clerk.token))

    responses = at_once(requests)

    assert {response.status for response in responses[::2]} == {200}
    deleted = Counter(response.status for response in responses[1::2])
    assert deleted.total() == deleted[204] + deleted[405]
    assert states() == +Counter(
        {(None, "refunded"): deleted[204], ("paid", "succeeded"): deleted[405]}
    )
    assert (reports(), stock(product)) == (deleted[204], deleted[204] * PIECES)


def test_a_success_against_the_overdue_sweep_pays_or_goes_back(
    payments, delivery, at_once, product, racers, settings
):
    settings.STORE_PAYMENT_TIMEOUT = 30
    Payment.objects.update(created_at=timezone.now() - timedelta(minutes=31))

    def sweep(number):
        with closing(connection):
            cancel_overdue_orders()

    with ThreadPoolExecutor(2) as pool:
        sweeps = pool.map(sweep, range(2))
        responses = at_once([delivery(payment) for payment in payments])
        list(sweeps)

    assert {response.status for response in responses} == {200}
    cancelled = steps("cancelled")
    assert states() == +Counter(
        {("cancelled", "refunded"): cancelled, ("paid", "succeeded"): racers - cancelled}
    )
    assert (reports(), stock(product)) == (cancelled, cancelled * PIECES)


def test_of_two_payments_of_an_order_that_succeed_at_once_one_is_kept(
    orders, payments, make_payments, delivery, at_once, racers
):
    others = make_payments(orders, status="failed")

    responses = at_once([delivery(payment) for payment in [*payments, *others]])

    assert {response.status for response in responses} == {200}
    assert states() == {("paid", "succeeded"): racers, ("paid", "refunded"): racers}
    assert (steps("paid"), reports()) == (racers, racers)


def test_who_starts_to_pay_many_times_at_once_makes_one_payment(orders, owners, at_once, racers):
    requests = [
        Request("POST", f"/store/orders/{order.pk}/payments/", token=owner.token)
        for order, owner in zip(orders, owners, strict=True)
        for _ in range(5)
    ]

    responses = at_once(requests)

    assert {response.status for response in responses} == {201}
    assert Payment.objects.count() == racers
    addresses = {(response.request.path, response.body["checkout_url"]) for response in responses}
    assert len(addresses) == racers
