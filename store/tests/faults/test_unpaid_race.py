"""Orders that one customer places at once: never more of them unpaid than the shop allows."""

from collections import Counter

import pytest

from store.models import Cart, Order

from .crowd import checkout, statuses
from .tallies import stock_difference

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("has_profile", [True, False])
def test_no_more_orders_are_unpaid_than_allowed(
    user, make_product, make_cart, at_once, rounds, tally, settings, has_profile
):
    settings.STORE_PAYMENT_TIMEOUT = 1440
    product = make_product(inventory=100)
    figures = tally(f"unpaid orders of a customer {'with' if has_profile else 'without'} a profile")
    if not has_profile:
        user.customer.delete()
    for _ in range(rounds):
        Order.objects.update(payment_status="C")
        paid = Order.objects.count()
        carts = [make_cart({product: 1}) for _ in range(20)]

        responses = at_once([checkout(cart, user) for cart in carts])

        assert statuses(responses) == Counter({201: 5, 409: 15})
        codes = {response.body["code"] for response in responses if response.status == 409}
        assert codes == {"too_many_unpaid"}
        assert Order.objects.count() == paid + 5
        figures.add(responses, orders=5, stock_difference=stock_difference({product: 100}))
        Cart.objects.all().delete()
