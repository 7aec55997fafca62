import pytest
from django.contrib.auth import get_user_model

from store.exceptions import CustomerHasOrders
from store.models import Customer, Order
from store.services.customers import customer_of, delete_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return get_user_model().objects.create(username="zoe", email="zoe@example.com")


class TestCustomerOf:
    def test_finds_the_profile(self, user):
        assert customer_of(user_id=user.pk) == user.customer

    def test_makes_one_that_is_missing_once(self, user):
        Customer.objects.all().delete()

        made = customer_of(user_id=user.pk)

        assert customer_of(user_id=user.pk) == made == Customer.objects.get()
        assert (made.user_id, made.membership, made.phone) == (user.pk, "B", "")


class TestDeleteCustomer:
    def test_leaves_the_user(self, user):
        delete_customer(customer=user.customer)

        assert not Customer.objects.exists()
        assert get_user_model().objects.get() == user

    def test_refuses_one_with_orders(self, user):
        order = Order.objects.create(customer=user.customer)

        with pytest.raises(CustomerHasOrders):
            delete_customer(customer=user.customer)

        assert Order.objects.get() == order
        assert Customer.objects.get() == user.customer
