from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from store.models import Customer, Order, OrderItem

from .bodies import line_product

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def clerk(sign_in):
    user = sign_in("clerk")
    user.user_permissions.add(Permission.objects.get(codename="view_history"))
    return user


def url(customer):
    return f"/store/customers/{customer.pk}/history/"


def make_order(customer, product, days_ago=0):
    order = Order.objects.create(customer=customer)
    # placed_at is set on creation, whatever is given.
    Order.objects.filter(pk=order.pk).update(placed_at=NOW - timedelta(days=days_ago))
    order.items.create(product=product, title="Old title", quantity=2, unit_price="7.50")
    return order


class TestHistory:
    def test_shows_the_orders_as_the_customer_sees_them(self, api_client, clerk, customer, product):
        order = make_order(customer, product)

        response = api_client.get(url(customer))

        assert response.status_code == 200
        assert response.json() == [
            {
                "id": order.pk,
                "customer": customer.pk,
                "placed_at": NOW.isoformat().replace("+00:00", "Z"),
                "payment_status": "P",
                "status": "pending",
                "shipping_address": None,
                "carrier": "",
                "tracking_number": "",
                "tracking_url": None,
                "items": [
                    {
                        "id": order.items.get().pk,
                        "product": line_product(product, title="Teapot", unit_price=10),
                        "title": "Old title",
                        # Nobody knows them of a line that plain SQL wrote.
                        "list_price": None,
                        "promotion": None,
                        "unit_price": 7.5,
                        "quantity": 2,
                        "total_price": 15,
                        "tax": None,
                    }
                ],
                "subtotal": 15,
                "tax": 0,
                "total": 15,
            }
        ]

    def test_is_newest_first(self, api_client, clerk, customer, product):
        orders = [make_order(customer, product, days_ago=days) for days in (2, 0, 1, 0)]

        response = api_client.get(url(customer))

        newest_first = [orders[3], orders[1], orders[2], orders[0]]
        assert [order["id"] for order in response.json()] == [order.pk for order in newest_first]

    def test_leaves_out_the_orders_of_others(self, api_client, clerk, customer, product):
        make_order(clerk.customer, product)

        assert api_client.get(url(customer)).json() == []

    @pytest.mark.parametrize("rows", [1, 10, 100])
    def test_costs_six_queries_however_long(
        self, api_client, clerk, customer, product, django_assert_num_queries, rows
    ):
        for _ in range(rows):
            make_order(customer, product)

        # Two read the permissions, one the customer, one the orders, one the lines, one the pictures.
        with django_assert_num_queries(6):
            response = api_client.get(url(customer))

        assert len(response.json()) == rows

    def test_the_hundred_and_first_is_behind_the_link(self, api_client, clerk, customer):
        Order.objects.bulk_create(Order(customer=customer) for _ in range(101))

        response = api_client.get(url(customer))
        rest = api_client.get(f"{url(customer)}?page=2")

        assert response["Link"] == f'<http://testserver{url(customer)}?page=2>; rel="next"'
        ids = [order["id"] for order in response.json() + rest.json()]
        assert len(set(ids)) == 101
        assert ids == sorted(ids, reverse=True)

    def test_a_missing_customer_is_not_found(self, api_client, clerk, subtests):
        for missing in ["0", "999999", "9" * 30, "abc"]:
            with subtests.test(missing=missing):
                response = api_client.get(f"/store/customers/{missing}/history/")

                assert response.status_code == 404
                assert response["Content-Type"] == "application/json"

    def test_is_read_only(self, api_client, clerk, customer, subtests):
        for method in ["post", "put", "patch", "delete"]:
            with subtests.test(method=method):
                response = getattr(api_client, method)(url(customer))

                assert response.status_code == 405
                assert response["Allow"] == "GET, HEAD, OPTIONS"
                assert Customer.objects.filter(pk=customer.pk).exists()


class TestWhoMay:
    def test_customer_service_may(self, api_client, sign_in, customer):
        sign_in().groups.add(Group.objects.get(name="Customer Service"))

        assert api_client.get(url(customer)).status_code == 200

    def test_a_superuser_may(self, api_client, sign_in, customer):
        sign_in(is_superuser=True)

        assert api_client.get(url(customer)).status_code == 200

    def test_staff_without_the_permission_may_not(self, api_client, sign_in, customer):
        sign_in(is_staff=True)

        assert api_client.get(url(customer)).status_code == 403

    def test_an_unsaved_staff_member_may_not(self, api_client, authenticate, customer):
        authenticate(is_staff=True)

        assert api_client.get(url(customer)).status_code == 403

    @pytest.mark.parametrize("missing", ["0", "999999"])
    def test_the_right_is_asked_for_before_the_customer(self, api_client, sign_in, missing):
        sign_in()

        assert api_client.get(f"/store/customers/{missing}/history/").status_code == 403


class TestAccountWithOrders:
    def test_is_deleted_and_no_order_is_lost(self, api_client, sign_in, product):
        user = sign_in()
        customer = user.customer
        order = make_order(customer, product)

        response = api_client.delete(
            "/auth/users/me/", {"current_password": "a-Str0ng-one"}, format="json"
        )

        assert (response.status_code, response.content) == (204, b"")
        assert not type(user).objects.filter(pk=user.pk).exists()
        assert order.items.count() == OrderItem.objects.count() == 1
        assert Order.objects.get().customer == customer
