"""A customer with the user behind, read by SQL that is compiled once."""

from functools import lru_cache

from django.contrib.auth import get_user_model
from django.db import DEFAULT_DB_ALIAS
from django.db.models import BigIntegerField

from .customers import Customer
from .statements import Slot, Statement

CUSTOMER = tuple(field.attname for field in Customer._meta.concrete_fields)
# In the order of the model's fields, as from_db() takes them. What else there is of a user is loaded when
# it is asked for.
USER = ("id", "first_name", "last_name", "username", "email")


def with_user(user_id: int) -> Customer | None:
    """Return the profile of a user with the user; None where there is none."""
    rows = customer_of_user().rows(user_id=user_id)
    if not rows:
        return None
    customer = Customer.from_db(DEFAULT_DB_ALIAS, CUSTOMER, rows[0][: len(CUSTOMER)])
    customer.user = get_user_model().from_db(DEFAULT_DB_ALIAS, USER, rows[0][len(CUSTOMER) :])
    return customer


@lru_cache(maxsize=1)
def customer_of_user() -> Statement:
    user = Slot("user_id", BigIntegerField())
    columns = (*CUSTOMER, *(f"user__{name}" for name in USER))
    return Statement(Customer.objects.filter(user=user).order_by().values_list(*columns))
