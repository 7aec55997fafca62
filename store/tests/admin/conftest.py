from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from core.groups import CUSTOMER_SERVICE
from store.models import Customer, Order, Product
from store.services.orders import write_order


@pytest.fixture
def make_customer(db: None, django_user_model: Any) -> Any:
    """Make a user with a customer profile; fields go to the user."""

    def make_customer(username: str = "ann", **fields: Any) -> Customer:
        user = django_user_model.objects.create_user(
            username=username, email=f"{username}@example.com", **fields
        )
        return user.customer

    return make_customer


@pytest.fixture
def customer(make_customer: Any) -> Customer:
    return make_customer(first_name="Ann", last_name="Lee")


@pytest.fixture
def order(customer: Customer, product: Product) -> Order:
    """An unpaid order of three teapots at 10.00; seven are left."""
    order = Order(customer=customer)
    write_order(order=order, quantities={product.pk: 3})
    return order


@pytest.fixture
def desk_client(client: Client, make_customer: Any) -> Client:
    """A browser in which a member of the group "Customer Service" is signed in."""
    user = make_customer("desk", is_staff=True).user
    user.groups.add(Group.objects.get(name=CUSTOMER_SERVICE))
    client.force_login(user)
    return client


@pytest.fixture
def make_clerk(client: Client, make_customer: Any) -> Any:
    """Return the browser of somebody on the staff with these rights."""

    def make_clerk(*rights: str, username: str = "clerk") -> Client:
        user = make_customer(username, is_staff=True).user
        user.user_permissions.set(Permission.objects.filter(codename__in=rights))
        client.force_login(user)
        return client

    return make_clerk
