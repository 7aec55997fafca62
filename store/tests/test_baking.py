"""Rows that tests in the field bake, of customers, whose profile comes with the user, above all."""

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import IntegrityError
from model_bakery import baker

from store.models import Address, CartItem, Customer, Order, OrderItem

APPS = ["core", "store", "tags", "likes", "outbox"]
User = get_user_model()

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "model", [f"{app}.{name}" for app in APPS for name in apps.all_models[app]]
)
def test_rows_of_every_model(model):
    assert len(baker.make(model, _quantity=3)) == 3
    assert Customer.objects.count() == User.objects.count()


class TestCustomer:
    def test_has_a_user_with_this_profile_only(self):
        customer = baker.make(Customer, membership="G", phone="555-0100")

        found = Customer.objects.get()
        assert found == customer == User.objects.get().customer
        assert (found.membership, found.phone) == ("G", "555-0100")

    @pytest.mark.parametrize("name", ["user", "user_id"])
    def test_of_a_user_who_has_the_profile_already(self, name):
        user = baker.make(User)
        order = baker.make(Order, customer=user.customer)

        customer = baker.make(
            Customer, **{name: user if name == "user" else user.pk}, membership="S"
        )

        assert customer == Customer.objects.get() == Order.objects.get(pk=order.pk).customer
        assert Customer.objects.get().membership == "S"

    @pytest.mark.parametrize("key", ["id", "pk"])
    def test_with_a_key_of_its_own(self, key):
        assert baker.make(Customer, **{key: 12345}) == Customer.objects.get(pk=12345)
        assert Customer.objects.count() == 1

    def test_by_fields_of_the_user_and_from_the_user(self):
        customer = baker.make(Customer, user__first_name="Zoe")
        user = baker.make(User, customer__membership="G")

        assert Customer.objects.get(user__first_name="Zoe") == customer
        assert Customer.objects.get(user=user).membership == "G"

    def test_of_several_users(self):
        users = baker.make(User, _quantity=2)

        customers = baker.make(Customer, user=iter(users), _quantity=2)

        assert [customer.user for customer in customers] == users

    def test_in_bulk(self):
        baker.make(Customer, _quantity=3, _bulk_create=True, membership="S")
        users = baker.make(User, _quantity=2)
        baker.make(Customer, user=iter(users), _quantity=2, _bulk_create=True, membership="S")

        assert Customer.objects.filter(membership="S").count() == 5 == User.objects.count()

    def test_prepared_is_not_stored(self):
        customer = baker.prepare(Customer)
        assert (customer.pk, Customer.objects.count()) == (None, 0)

        customer = baker.prepare(Customer, _save_related=True)
        customer.save()
        assert Customer.objects.get() == customer

    def test_a_second_profile_is_refused_all_the_same(self):
        user = baker.make(User)

        with pytest.raises(IntegrityError):
            Customer.objects.create(user=user)


class TestWhatCustomersHave:
    @pytest.mark.parametrize("model", [Address, Order])
    def test_of_a_new_customer_or_a_given_one(self, model):
        customer = baker.make(model).customer

        assert baker.make(model, customer=customer).customer == Customer.objects.get() == customer

    def test_in_bulk(self):
        baker.make(Order, _quantity=3, _bulk_create=True, customer__membership="G")

        assert Order.objects.filter(customer__membership="G").count() == 3
        assert Customer.objects.count() == User.objects.count() == 3

    def test_the_line_of_an_order(self):
        item = baker.make(OrderItem, order__customer__membership="S")

        assert item.order.customer == Customer.objects.get(membership="S")
        assert list(item.order.items.all()) == [item]

    def test_a_customer_with_orders(self):
        order = baker.make(Order)
        customer = baker.make(Customer, orders=[order])

        assert Order.objects.get().customer == customer


class TestOrdering:
    @pytest.mark.parametrize("fields", [{}, {"product__inventory": 1}])
    def test_a_baked_cart_returns_201(self, api_client, fields):
        customer = baker.make(Customer)
        api_client.force_authenticate(user=customer.user)
        item = baker.make(CartItem, **fields)

        response = api_client.post("/store/orders/", {"cart_id": item.cart_id})

        assert response.status_code == 201
        assert response.data["customer"] == customer.id
        assert response.data["items"][0]["quantity"] == item.quantity

    def test_a_cart_beyond_the_stock_returns_409(self, api_client):
        api_client.force_authenticate(user=baker.make(Customer).user)
        item = baker.make(CartItem, product__inventory=1, quantity=2)

        response = api_client.post("/store/orders/", {"cart_id": item.cart_id})

        assert response.status_code == 409
        assert response.data["detail"].code == "insufficient_stock"

    def test_baked_orders_are_listed(self, api_client):
        item = baker.make(OrderItem)
        api_client.force_authenticate(user=item.order.customer.user)

        response = api_client.get("/store/orders/")

        assert [order["id"] for order in response.data] == [item.order_id]
        assert [line["id"] for line in response.data[0]["items"]] == [item.id]
