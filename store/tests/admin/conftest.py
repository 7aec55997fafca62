from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from core.groups import CUSTOMER_SERVICE
from store.models import Customer


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
def desk_client(client: Client, make_customer: Any) -> Client:
    """A browser in which a member of the group "Customer Service" is signed in."""
    user = make_customer("desk", is_staff=True).user
    user.groups.add(Group.objects.get(name=CUSTOMER_SERVICE))
    client.force_login(user)
    return client
