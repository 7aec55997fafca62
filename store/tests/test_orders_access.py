from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from model_bakery import baker

from store.models import Order, OrderItem, Product

pytestmark = pytest.mark.django_db

ORDERS = "/store/orders/"
NOW = timezone.now()
PAID = {"error": "Order cannot be deleted because it has been paid.", "code": "order_is_paid"}


@pytest.fixture
def zoe():
    return baker.make(get_user_model(), username="zoe", email="zoe@example.com").customer


@pytest.fixture
def make_order(product):
    """Make an order of two teapots that has left eight in stock."""

    def make_order(customer, days_ago=0, **fields):
        order = Order.objects.create(customer=customer, **fields)
        Order.objects.filter(pk=order.pk).update(placed_at=NOW - timedelta(days=days_ago))
        order.items.create(product=product, title="Teapot", quantity=2, unit_price="7.50")
        Product.objects.update(inventory=8)
        return order

    return make_order


def ids(response):
    return [order["id"] for order in response.json()]


def order_url(order):
    return f"{ORDERS}{order.pk}/"


class TestList:
    def test_a_customer_sees_their_own(self, api_client, sign_in, make_order, zoe):
        make_order(zoe)
        own = make_order(sign_in().customer)

        response = api_client.get(ORDERS)

        assert response.status_code == 200
        assert ids(response) == [own.pk]
        assert response.json()[0] == api_client.get(order_url(own)).json()

    @pytest.mark.parametrize("is_superuser", [False, True])
    def test_staff_see_all_newest_first(self, api_client, sign_in, make_order, zoe, is_superuser):
        own = sign_in(is_staff=True, is_superuser=is_superuser).customer
        orders = [
            make_order(customer, days_ago=days)
            for customer, days in [(zoe, 2), (own, 0), (zoe, 1), (zoe, 0)]
        ]

        response = api_client.get(ORDERS)

        newest_first = [orders[3], orders[1], orders[2], orders[0]]
        assert ids(response) == [order.pk for order in newest_first]

    def test_unsaved_staff_see_all(self, api_client, authenticate, make_order, zoe):
        order = make_order(zoe)
        authenticate(is_staff=True)

        assert ids(api_client.get(ORDERS)) == [order.pk]

    def test_a_user_without_a_profile_sees_none(self, api_client, sign_in, make_order, zoe):
        make_order(zoe)
        sign_in().customer.delete()

        assert api_client.get(ORDERS).json() == []

    def test_a_stranger_is_asked_to_sign_in(self, api_client, db):
        assert api_client.get(ORDERS).status_code == 401

    @pytest.mark.parametrize("rows", [1, 10, 100])
    @pytest.mark.parametrize("is_staff", [False, True])
    def test_costs_three_queries_however_long(
        self, api_client, sign_in, make_order, django_assert_num_queries, rows, is_staff
    ):
        customer = sign_in(is_staff=is_staff).customer
        for _ in range(rows):
            make_order(customer)

        # The orders, their lines with products, and the pictures.
        with django_assert_num_queries(3):
            response = api_client.get(ORDERS)

        assert len(response.json()) == rows

    def test_the_hundred_and_first_is_behind_the_link(self, api_client, sign_in):
        customer = sign_in().customer
        Order.objects.bulk_create(Order(customer=customer) for _ in range(101))

        response = api_client.get(ORDERS)
        rest = api_client.get(f"{ORDERS}?page=2")

        assert response["Link"] == f'<http://testserver{ORDERS}?page=2>; rel="next"'
        assert ids(response) + ids(rest) == sorted(ids(response) + ids(rest), reverse=True)
        assert len(ids(rest)) == 1


class TestRetrieve:
    def test_the_owner_and_staff_see_the_same(self, api_client, sign_in, make_order):
        order = make_order(sign_in("ann").customer)
        own = api_client.get(order_url(order))
        sign_in("clerk", is_staff=True)

        seen = api_client.get(order_url(order))

        assert (own.status_code, seen.status_code) == (200, 200)
        assert own.json() == seen.json()

    def test_anothers_is_not_found(self, api_client, sign_in, make_order, zoe):
        order = make_order(zoe)
        sign_in()

        response = api_client.get(order_url(order))

        assert response.status_code == 404
        assert response.json() == {"detail": "No Order matches the given query."}

    def test_a_missing_one_is_not_found(self, api_client, authenticate, db, subtests):
        authenticate(is_staff=True)

        for missing in ["0", "999999", "9" * 30, "abc", "-1"]:
            with subtests.test(missing=missing):
                response = api_client.get(f"{ORDERS}{missing}/")

                assert response.status_code == 404
                assert response["Content-Type"] == "application/json"

    def test_a_stranger_is_asked_to_sign_in(self, api_client, make_order, zoe):
        assert api_client.get(order_url(make_order(zoe))).status_code == 401


class TestDelete:
    @pytest.mark.parametrize(("status", "inventory"), [("P", 10), ("F", 8)])
    def test_an_unpaid_one_returns_the_stock_it_holds(
        self, api_client, authenticate, make_order, zoe, status, inventory
    ):
        order = make_order(zoe, payment_status=status)
        authenticate(is_staff=True)

        response = api_client.delete(order_url(order))

        assert response.status_code == 204
        assert not OrderItem.objects.exists()
        assert not Order.objects.exists()
        assert Product.objects.get().inventory == inventory

    def test_a_second_time_is_not_found(self, api_client, authenticate, make_order, zoe):
        order = make_order(zoe)
        authenticate(is_staff=True)
        api_client.delete(order_url(order))

        response = api_client.delete(order_url(order))

        assert response.status_code == 404
        assert Product.objects.get().inventory == 10

    def test_a_cancelled_one_returns_its_stock_once(
        self, api_client, authenticate, make_order, zoe
    ):
        order = make_order(zoe)
        authenticate(is_staff=True)
        api_client.patch(order_url(order), {"payment_status": "F"}, format="json")

        response = api_client.delete(order_url(order))

        assert response.status_code == 204
        assert Product.objects.get().inventory == 10

    def test_a_paid_one_stays(self, api_client, authenticate, make_order, zoe):
        order = make_order(zoe, payment_status="C")
        authenticate(is_staff=True)

        response = api_client.delete(order_url(order))

        assert response.status_code == 405
        assert response.json() == PAID
        assert order.items.get().quantity == 2
        assert Product.objects.get().inventory == 8


@pytest.mark.parametrize("method", ["patch", "delete"])
class TestOnlyStaffChange:
    def test_the_owner_may_not(self, api_client, sign_in, make_order, method):
        order = make_order(sign_in().customer)

        response = getattr(api_client, method)(
            order_url(order), {"payment_status": "C"}, format="json"
        )

        assert response.status_code == 403
        assert Order.objects.get().payment_status == "P"
        assert Product.objects.get().inventory == 8

    def test_a_stranger_is_asked_to_sign_in(self, api_client, make_order, zoe, method):
        response = getattr(api_client, method)(order_url(make_order(zoe)))

        assert response.status_code == 401
        assert Order.objects.get().payment_status == "P"


class TestPut:
    @pytest.mark.parametrize("is_staff", [False, True])
    def test_is_not_allowed(self, api_client, sign_in, make_order, is_staff):
        order = make_order(sign_in(is_staff=is_staff).customer)

        response = api_client.put(order_url(order), {"payment_status": "C"}, format="json")

        assert response.status_code == 405
        assert response["Allow"] == "GET, PATCH, DELETE, HEAD, OPTIONS"
        assert Order.objects.get().payment_status == "P"
