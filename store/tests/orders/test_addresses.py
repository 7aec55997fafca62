"""Where an order goes is corrected until it is sent, and what stood there is kept."""

import pytest

from store.exceptions import OrderStatusConflict
from store.models import Address, AddressChange, Order
from store.services.order_addresses import correct_address

pytestmark = pytest.mark.django_db

ELY = {"street": "1 High St", "city": "Ely", "zip": "CB7"}
ROME = {"street": "Via 1", "city": "Rome", "zip": ""}


@pytest.fixture
def ann(django_user_model):
    return django_user_model.objects.create_user(username="ann", email="ann@example.com").customer


def columns(order):
    order.refresh_from_db()
    return {name: getattr(order, f"shipping_{name}") for name in Address.FIELDS}


@pytest.mark.parametrize("status", ["shipped", "delivered", "cancelled", "refunded"])
def test_is_refused_once_it_is_sent_or_cancelled(ann, make_order, status):
    order = make_order(ann, status)
    before = columns(order)

    with pytest.raises(OrderStatusConflict, match=f"The order is {status}"):
        correct_address(order=order, address=ELY)

    assert columns(order) == before
    assert not AddressChange.objects.exists()


def test_is_refused_where_somebody_was_faster(ann, make_order):
    order = make_order(ann, "paid")
    correct_address(order=order, address=ROME)

    with pytest.raises(OrderStatusConflict, match="it is Via 1, Rome now"):
        correct_address(order=order, address=ELY, seen="")

    assert columns(order) == ROME


@pytest.mark.parametrize("status", ["pending", "paid"])
def test_keeps_what_stood_there_and_the_stored_address(ann, make_order, status):
    stored = Address.objects.create(customer=ann, **ROME)
    order = make_order(ann, status)
    correct_address(order=order, address=ROME)

    for _ in range(2):
        correct_address(order=order, address=ELY, by=ann.user, seen="Via 1, Rome")

    assert columns(order) == ELY
    last, first = AddressChange.objects.all()
    assert (last.old_street, last.city, last.changed_by) == ("Via 1", "Ely", ann.user)
    assert first.old_address is None
    stored.refresh_from_db()
    assert (stored.street, Order.objects.count()) == ("Via 1", 1)
