from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from threading import Lock
from types import SimpleNamespace

import pytest
from django.core.cache import cache

from store.models.versions import VersionQuerySet

from .crowd import Request, connect, send

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

REPORT = "/store/reports/average_order/"
BUYERS, ORDERS_EACH = 10, 3


@pytest.fixture
def stale_reports(live_server, make_users, make_cart, make_product):
    """Let buyers order and, each time, read the report; return the reports that lacked a sale."""

    def stale_reports():
        cache.clear()
        product = make_product(inventory=BUYERS * ORDERS_EACH)
        staff = make_users(1, is_staff=True)[0]
        placed, lock, stale = SimpleNamespace(orders=0), Lock(), []

        def buy_and_read(user, carts):
            with closing(connect(live_server.url)) as connection:
                for cart in carts:
                    body = {"cart_id": str(cart.pk)}
                    order = send(connection, Request("POST", "/store/orders/", body, user.token))
                    assert order.status == 201, order
                    with lock:
                        placed.orders += 1
                        known = placed.orders
                    report = send(connection, Request("GET", REPORT, token=staff.token))
                    if report.body["orders"] < known:
                        stale.append((report.body["orders"], known))

        users = make_users(BUYERS)
        carts = [[make_cart({product: 1}) for _ in range(ORDERS_EACH)] for _ in users]
        with ThreadPoolExecutor(BUYERS) as pool:
            list(pool.map(buy_and_read, users, carts))
        assert placed.orders == BUYERS * ORDERS_EACH
        return stale

    yield stale_reports
    cache.clear()


def test_no_report_lacks_a_sale_that_was_answered_before(stale_reports, rounds):
    for _ in range(rounds):
        assert stale_reports() == []


def test_without_the_version_reports_are_caught_stale(stale_reports, monkeypatch):
    """A test of the test: a cache that is only told the time lags behind."""
    monkeypatch.setattr(VersionQuerySet, "current", lambda self, *scopes: datetime.now(UTC).date())

    assert stale_reports()
