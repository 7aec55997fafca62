import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from core.groups import APPS, CUSTOMER_SERVICE, GROUPS, create_groups

pytestmark = pytest.mark.django_db


def permissions_of(group: Group) -> set[str]:
    return set(group.permissions.values_list("codename", flat=True))


@pytest.mark.parametrize("name", GROUPS)
def test_is_there_after_migrating(name: str) -> None:
    assert permissions_of(Group.objects.get(name=name)) == set(GROUPS[name])


def test_customer_service_reads_and_moves_orders() -> None:
    group = Group.objects.get(name=CUSTOMER_SERVICE)
    assert {"view_history", "change_order", "cancel_order", "view_payment"} <= permissions_of(group)


def test_each_permission_is_one_alone() -> None:
    for codename in {codename for codenames in GROUPS.values() for codename in codenames}:
        assert Permission.objects.filter(codename=codename).count() == 1


def test_migrating_again_keeps_what_staff_changed() -> None:
    group = Group.objects.get(name=CUSTOMER_SERVICE)
    group.permissions.set([Permission.objects.get(codename="view_product")])
    Group.objects.filter(name="Order Desk").delete()
    Group.objects.filter(name="Analyst").update(name="Reports")
    call_command("migrate", verbosity=0)
    assert permissions_of(group) == {"view_product"}
    names = {*Group.objects.values_list("name", flat=True)}
    assert names == {"Catalogue Editor", CUSTOMER_SERVICE, "Reports"}


def test_an_upgrade_makes_those_that_are_missing() -> None:
    group = Group.objects.get(name=CUSTOMER_SERVICE)
    group.permissions.clear()
    Group.objects.exclude(pk=group.pk).delete()
    create_groups("default")
    assert {*Group.objects.values_list("name", flat=True)} == {*GROUPS}
    assert permissions_of(Group.objects.get(name="Analyst")) == {*GROUPS["Analyst"]}
    assert permissions_of(group) == set()


@pytest.mark.django_db(transaction=True)
def test_the_migration_makes_them_with_their_permissions() -> None:
    Group.objects.all().delete()
    Permission.objects.filter(content_type__app_label__in=APPS).delete()
    call_command("migrate", "core", "0002", verbosity=0)
    Group.objects.all().delete()
    Permission.objects.filter(content_type__app_label__in=APPS).delete()
    call_command("migrate", verbosity=0)
    for name, codenames in GROUPS.items():
        assert permissions_of(Group.objects.get(name=name)) == {*codenames}


def test_the_groups_are_made_after_all_permissions() -> None:
    labels = [config.label for config in apps.get_app_configs()]
    assert max(labels.index(label) for label in ("core", "store", "tags")) == labels.index("tags")
