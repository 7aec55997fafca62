import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from core.groups import CUSTOMER_SERVICE, CUSTOMER_SERVICE_PERMISSIONS

pytestmark = pytest.mark.django_db


def permissions_of(group: Group) -> set[str]:
    return set(group.permissions.values_list("codename", flat=True))


def test_customer_service_is_there_after_migrating() -> None:
    group = Group.objects.get(name=CUSTOMER_SERVICE)
    assert permissions_of(group) == set(CUSTOMER_SERVICE_PERMISSIONS)
    assert {"view_history", "change_order", "cancel_order", "view_payment"} <= permissions_of(group)


def test_migrating_again_keeps_what_staff_changed() -> None:
    group = Group.objects.get(name=CUSTOMER_SERVICE)
    group.permissions.set([Permission.objects.get(codename="view_product")])
    call_command("migrate", verbosity=0)
    assert permissions_of(group) == {"view_product"}
    assert Group.objects.count() == 1
