"""A report is kept, and yet tells every sale that was committed before it was asked for."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from store.exceptions import OutOfStock
from store.models import Cart, Order, Product, Version
from store.models.versions import SALES, invalidate_sales
from store.services.orders import place_order

AVERAGE = "/store/reports/average_order/"
LOW = "/store/reports/low_stock/?below=1000"
# Answers a line with the number of orders, or places an order of the cart named.
OTHER_PROCESS = """
import sys, django
from datetime import date
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from store.services import orders, reports
for line in sys.stdin:
    if line.strip():
        user_id, cart_id = line.split()
        orders.place_order(cart_id=cart_id, user_id=int(user_id))
    time = {"start": date(1970, 1, 1), "end": date(2999, 12, 31)}
    print(reports.cached_report(reports.average_order, **time)[0]["orders"], flush=True)
"""


@pytest.fixture
def staff(api_client, sign_in):
    sign_in("boss", is_staff=True)
    return api_client


@pytest.fixture
def make_cart(product):
    def make_cart(pieces=1):
        cart = Cart.objects.create()
        cart.items.create(product=product, quantity=pieces)
        return cart

    return make_cart


@pytest.fixture
def user(db):
    return get_user_model().objects.create(username="zoe", email="zoe@example.com")


def sold(client):
    """Return the orders, pieces and total of today, as the report tells them."""
    report = client.get(AVERAGE).json()
    return report["orders"], report["pieces"], report["total"]


def versions_written(queries):
    return sum(
        "store_version" in query["sql"] and not query["sql"].startswith("SELECT")
        for query in queries
    )


@pytest.mark.django_db
class TestFresh:
    def test_through_the_life_of_an_order(self, staff, make_cart, product):
        assert sold(staff) == (0, 0, 0)
        order = staff.post("/store/orders/", {"cart_id": make_cart(2).pk}).json()["id"]
        assert sold(staff) == (1, 2, 20)

        for status, figures in [("F", (0, 0, 0)), ("P", (1, 2, 20))]:
            staff.patch(f"/store/orders/{order}/", {"payment_status": status})
            assert sold(staff) == figures

        assert staff.post(f"/store/orders/{order}/cancel/").status_code == 200
        assert sold(staff) == (0, 0, 0)
        staff.patch(f"/store/orders/{order}/", {"payment_status": "P"})
        assert sold(staff) == (1, 2, 20)

        assert staff.delete(f"/store/orders/{order}/").status_code == 204
        assert sold(staff) == (0, 0, 0)

    def test_in_the_stock_too(self, staff, make_cart, product):
        assert [row["inventory"] for row in staff.get(LOW).json()] == [10]
        staff.post("/store/orders/", {"cart_id": make_cart(3).pk})
        assert [row["inventory"] for row in staff.get(LOW).json()] == [7]

    def test_what_is_no_sale_may_lag(self, staff, product):
        staff.get(LOW)
        Product.objects.update(inventory=3)

        assert [row["inventory"] for row in staff.get(LOW).json()] == [10]

        cache.clear()
        assert [row["inventory"] for row in staff.get(LOW).json()] == [3]

    def test_other_parameters_are_another_report(self, staff, product):
        assert len(staff.get(LOW).json()) == 1
        assert staff.get("/store/reports/low_stock/?below=1").json() == []
        assert staff.get("/store/reports/never_sold/").json() == staff.get(LOW).json()


@pytest.mark.django_db
class TestVersion:
    def test_is_invalidated_once_by_each_write(self, staff, make_cart):
        with CaptureQueriesContext(connection) as placing:
            order = staff.post("/store/orders/", {"cart_id": make_cart().pk}).json()["id"]
        with CaptureQueriesContext(connection) as paying:
            staff.patch(f"/store/orders/{order}/", {"payment_status": "C"})
        with CaptureQueriesContext(connection) as same:
            staff.patch(f"/store/orders/{order}/", {"payment_status": "C"})
        with CaptureQueriesContext(connection) as cancelling:
            staff.post(f"/store/orders/{order}/cancel/")
        with CaptureQueriesContext(connection) as reopening:
            staff.patch(f"/store/orders/{order}/", {"payment_status": "P"})

        steps = (placing, paying, same, cancelling, reopening)
        assert [versions_written(queries) for queries in steps] == [1, 1, 0, 1, 1]

    def test_is_invalidated_once_however_many_orders_the_admin_deletes(
        self, admin_client, user, make_cart
    ):
        orders = [place_order(cart_id=make_cart().pk, user_id=user.pk).order for _ in range(5)]
        form = {
            "action": "delete_selected",
            "_selected_action": [order.pk for order in orders],
            "post": "yes",
        }

        with CaptureQueriesContext(connection) as queries:
            admin_client.post("/admin/store/order/", form)

        assert not Order.objects.exists()
        assert versions_written(queries) == 1

    def test_stays_with_a_refused_order(self, user, make_cart):
        before = Version.objects.current(SALES)

        with pytest.raises(OutOfStock):
            place_order(cart_id=make_cart(11).pk, user_id=user.pk)

        assert Version.objects.current(SALES) == before

    def test_never_comes_again_in_a_row_that_is_written_again(self):
        seen = set()
        for _ in range(200):
            invalidate_sales()
            seen.add(Version.objects.current(SALES))

        assert len(seen) == 200
        assert Version.objects.filter(scope=SALES).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_processes_with_caches_of_their_own_never_differ(staff, user, make_cart, product):
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS, str(connection.settings_dict["NAME"])],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "storefront.settings.test"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def ask(line=""):
        other.stdin.write(f"{line}\n")
        other.stdin.flush()
        return int(other.stdout.readline())

    Product.objects.update(inventory=100)
    with other:
        responses = [(ask(), sold(staff)[0])]
        for _ in range(10):
            place_order(cart_id=make_cart().pk, user_id=user.pk)
            responses.append((ask(), sold(staff)[0]))
            responses.append((ask(f"{user.pk} {make_cart().pk}"), sold(staff)[0]))
        other.stdin.close()

    assert responses == [(number, number) for number in range(21)]
