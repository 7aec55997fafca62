from typing import Any

from django.contrib.auth.models import Group, Permission

CUSTOMER_SERVICE = "Customer Service"
CUSTOMER_SERVICE_PERMISSIONS = [
    "view_customer",
    "add_customer",
    "change_customer",
    "view_address",
    "add_address",
    "change_address",
    "view_order",
    "add_order",
    "change_order",
    "cancel_order",
    "view_orderitem",
    "view_history",
    "view_payment",
    # To choose the products of an order and the user of a customer.
    "view_product",
    "view_user",
]


def create_groups(using: str, **kwargs: Any) -> None:
    """Make the group of those who serve customers, once; what staff change in it afterwards stays."""
    group, created = Group.objects.using(using).get_or_create(name=CUSTOMER_SERVICE)
    if created:
        group.permissions.set(
            Permission.objects.using(using).filter(
                content_type__app_label__in=["core", "store"],
                codename__in=CUSTOMER_SERVICE_PERMISSIONS,
            )
        )
