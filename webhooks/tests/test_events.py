"""An event is recorded with its cause or not at all."""

import json
from decimal import Decimal

import pytest
from django.db import transaction

from webhooks.models import Delivery, Event
from webhooks.services.events import is_wanted, record_events

pytestmark = pytest.mark.django_db


def never():
    raise AssertionError("nobody asks for it")


def test_nothing_is_recorded_where_no_endpoint_asks(make_endpoint):
    make_endpoint(event_types=["ping"], is_on=False)
    make_endpoint(event_types=["pong"])
    assert record_events(event_type="ping", data=never) == 0
    assert not is_wanted("ping")
    assert is_wanted("pong")
    assert not Event.objects.exists()


def test_it_goes_with_the_transaction_of_its_cause(make_endpoint, ping):
    make_endpoint()

    with transaction.atomic():
        ping()
        assert Delivery.objects.count() == 1
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    assert not Delivery.objects.exists()


def test_each_endpoint_that_asks_gets_it(make_endpoint, ping):
    first, _, third = make_endpoint(), make_endpoint(event_types=["pong"]), make_endpoint()
    assert ping(7, 8) == 2
    assert sorted(Delivery.objects.values_list("endpoint", flat=True)) == sorted(
        [first.pk, third.pk] * 2
    )
    event = Event.objects.earliest("created_at", "payload")
    assert json.loads(event.payload) == {
        "type": "ping",
        "timestamp": event.created_at.isoformat().replace("+00:00", "Z")[:23] + "Z",
        "data": {"number": 7},
    }


def test_amounts_are_numbers(make_endpoint):
    make_endpoint()
    record_events(
        event_type="ping", data=lambda: [{"total": Decimal("39.60"), "note": "Tee, grün"}]
    )
    assert Event.objects.get().payload.endswith('"data":{"total":39.6,"note":"Tee, grün"}}')


def test_many_cost_as_much_as_one(make_endpoint, ping, django_assert_num_queries):
    make_endpoint()
    # The endpoints, a savepoint and its end, the events, the deliveries.
    with django_assert_num_queries(5):
        ping(*range(50))


def test_without_endpoints_it_costs_one_query(ping, django_assert_num_queries):
    with django_assert_num_queries(1):
        ping()
