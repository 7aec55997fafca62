"""The groups that a shop starts with; docs/roles.md says what their members may."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import QuerySet
from django.db.transaction import atomic

# Those of whose models there are permissions in a group.
APPS = ["core", "history", "store", "store_custom", "tags"]
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
EDITED = ["product", "productimage", "collection", "promotion", "promotedtag", "tag", "taggeditem"]
CATALOGUE_EDITOR_PERMISSIONS = [
    *(f"{verb}_{model}" for model in EDITED for verb in ("view", "add", "change", "delete")),
    # Reviews are taken down, not rewritten; a product takes its own along.
    "view_review",
    "delete_review",
    "moderate_review",
    # To see, and take back, what was done to many products at once.
    "view_operation",
]
ORDER_DESK_PERMISSIONS = [
    "view_order",
    "change_order",
    "cancel_order",
    "view_orderitem",
    "view_payment",
    # Whom an order goes to, and what is in it.
    "view_customer",
    "view_address",
    "view_product",
]
ANALYST_PERMISSIONS = [
    # The reports are made of orders.
    "view_order",
    "view_orderitem",
    "view_product",
    "view_collection",
    "view_promotion",
    "view_review",
]
GROUPS = {
    "Catalogue Editor": CATALOGUE_EDITOR_PERMISSIONS,
    "Order Desk": ORDER_DESK_PERMISSIONS,
    CUSTOMER_SERVICE: CUSTOMER_SERVICE_PERMISSIONS,
    "Analyst": ANALYST_PERMISSIONS,
}


def restore_groups(using: str, plan: Any = None, **kwargs: Any) -> None:
    """Make the groups again where the database was emptied; `migrate`, which has a plan, leaves them alone."""
    if plan is None:
        create_groups(using)


def create_groups(using: str) -> None:
    """Make the groups that are missing; those that are there stay as they are."""
    with atomic(using):
        for name, codenames in GROUPS.items():
            group, created = Group.objects.using(using).get_or_create(name=name)
            if created:
                group.permissions.set(permissions_named(codenames, using))


def permissions_named(codenames: list[str], using: str) -> QuerySet[Permission]:
    return Permission.objects.using(using).filter(
        content_type__app_label__in=APPS, codename__in=codenames
    )
