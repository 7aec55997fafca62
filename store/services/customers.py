from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import BigIntegerField, ProtectedError, QuerySet

from ..compiled import compiled_select
from ..exceptions import CustomerHasOrders, TooManyAddresses
from ..models import Address, Customer
from .transactions import retrying_transaction


def customer_of(*, user_id: int) -> Customer:
    """Return the user's customer profile; one that is missing (loaded by SQL, deleted) is made."""
    for customer in profile_of.instances(user_id=user_id):
        return customer
    return Customer.objects.select_related("user").get_or_create(user_id=user_id)[0]


def lock_customer(*, user_id: int) -> None:
    """Lock a user's profile, made where it is missing, so that one request at a time counts what it has."""
    if not profile_for_update.rows(user_id=user_id):
        customer_of(user_id=user_id)
        # Another request may have made it, and count already.
        profile_for_update.rows(user_id=user_id)


@compiled_select(user_id=BigIntegerField())
def profile_of(user_id: Any) -> QuerySet[Customer]:
    return Customer.objects.select_related("user").filter(user=user_id)


@compiled_select(user_id=BigIntegerField())
def profile_for_update(user_id: Any) -> QuerySet[Any, Any]:
    # Where the database has it, rows that refer to the profile, such as those of an order, need not wait.
    no_key = connection.features.has_select_for_no_key_update
    profiles = Customer.objects.select_for_update(no_key=no_key).filter(user=user_id)
    return profiles.order_by().values_list("pk")


@retrying_transaction
def add_address(*, user_id: int, **fields: str) -> Address:
    """Store an address of a user, whose profile is made where it is missing; raises TooManyAddresses."""
    lock_customer(user_id=user_id)
    addresses = Address.objects.filter(customer__user_id=user_id)
    if addresses.count() >= settings.STORE_ADDRESSES:
        raise TooManyAddresses(settings.STORE_ADDRESSES)
    return Address.objects.create(customer=customer_of(user_id=user_id), **fields)


@retrying_transaction
def delete_customer(*, customer: Customer) -> None:
    """Delete a customer profile without orders, or raise CustomerHasOrders; the user stays."""
    Customer.objects.select_for_update().filter(pk=customer.pk).first()
    try:
        Customer.objects.filter(pk=customer.pk).delete()
    except ProtectedError as error:
        raise CustomerHasOrders from error
