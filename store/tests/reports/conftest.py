from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.cache import cache

from store.models import Order

YEAR = "?from=2026-01-01&to=2026-12-31"


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ask(api_client, authenticate):
    """Ask for a report as staff."""

    def ask(name, query="", **headers):
        authenticate(is_staff=True)
        return api_client.get(f"/store/reports/{name}/{query}", headers=headers)

    return ask


@pytest.fixture
def sell():
    """Make an order of these lines: product, pieces, price."""

    def sell(customer, *lines, day="2026-03-04", hour=12, status="C", stage=None):
        order = Order.objects.create(customer=customer, payment_status=status, stage=stage)
        moment = datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)
        Order.objects.filter(pk=order.pk).update(placed_at=moment)
        for product, pieces, price in lines:
            order.items.create(product=product, quantity=pieces, unit_price=Decimal(price))
        return order

    return sell
