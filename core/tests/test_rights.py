"""Nobody touches an account that holds a right which they lack, nor rights at all without being a superuser."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains
from rest_framework.test import APIClient

from core.admin.users import EXPORTED
from core.services.rights import beyond
from store.models import Order
from storefront.tests.pages import Tab

from .passwords import PASSWORD

pytestmark = pytest.mark.django_db

USERS = "/admin/core/user/"
NEW_PASSWORD = "an0ther-Str0ng-one"
MAY_EDIT = ["view_user", "add_user", "change_user", "delete_user", "view_group", "change_group"]
EXPORTING = [name.partition(".")[2] for name in EXPORTED]
MAY_EDIT += ["add_group", "delete_group", "view_order"]


def permissions(*codenames: str) -> Any:
    return Permission.objects.filter(codename__in=codenames)


def row_of(user: Any) -> dict[str, Any]:
    user = get_user_model().objects.get(pk=user.pk)
    names = ["username", "email", "password", "is_active", "is_staff", "is_superuser", "first_name"]
    return {
        **{name: getattr(user, name) for name in names},
        "groups": {*user.groups.values_list("name", flat=True)},
        "permissions": {*user.user_permissions.values_list("codename", flat=True)},
    }


@pytest.fixture
def clerk(client: Client, register: Callable) -> Any:
    """Somebody on the staff, signed in to the admin, who may edit users and groups."""
    clerk = register("clerk", is_staff=True)
    clerk.user_permissions.set(permissions(*MAY_EDIT))
    client.force_login(clerk)
    return clerk


@pytest.fixture(params=["superuser", "inactive", "by group", "by itself"])
def stronger(request: pytest.FixtureRequest, register: Callable) -> Any:
    """An account that holds a right which the clerk lacks."""
    kind = request.param
    user = register("root", is_staff=True, is_superuser=kind == "superuser")
    if kind == "by group":
        user.groups.add(Group.objects.get(name="Customer Service"))
    elif kind != "superuser":
        user.user_permissions.set(permissions("delete_product"))
    if kind == "inactive":
        user.is_active = False
        user.save()
    return user


@pytest.fixture
def weaker(register: Callable) -> Any:
    user = register("ann", is_staff=True)
    user.user_permissions.set(permissions("view_order"))
    return user


def page_of(client: Client, user: Any) -> Tab:
    return Tab(client, f"{USERS}{user.pk}/change/", "user_form")


class TestStrongerAccount:
    def test_is_shown_and_not_changed(self, client: Client, clerk: Any, stronger: Any) -> None:
        before, url = row_of(stronger), f"{USERS}{stronger.pk}/change/"
        page = client.get(url)
        assertContains(page, "root@example.com")
        assertNotContains(page, 'name="_save"')
        forged = {"username": "root", "email": "mine@example.com", "is_active": "on"}
        assert client.post(url, forged).status_code == 403
        assert row_of(stronger) == before

    def test_gets_no_password(self, client: Client, clerk: Any, stronger: Any) -> None:
        before, url = row_of(stronger), f"{USERS}{stronger.pk}/password/"
        form = {"usable_password": "true", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
        assert client.get(url).status_code == 403
        assert client.post(url, form | {"set-password": "x"}).status_code == 403
        assert (
            client.post(url, {"usable_password": "false", "unset-password": ""}).status_code == 403
        )
        assert row_of(stronger) == before

    def test_is_not_deleted(self, client: Client, clerk: Any, stronger: Any, weaker: Any) -> None:
        assert client.post(f"{USERS}{stronger.pk}/delete/", {"post": "yes"}).status_code == 403
        for across in ("0", "1"):
            form = {
                "action": "delete_selected",
                "_selected_action": [weaker.pk] if across == "1" else [weaker.pk, stronger.pk],
                "select_across": across,
                "post": "yes",
            }
            page = client.post(USERS, form, follow=True)
            messages = [str(message) for message in page.context["messages"]]
            assert messages == ["An account holds a right that you lack. Nothing was changed."]
        assert get_user_model().objects.count() == 3

    def test_is_not_exported(self, client: Client, clerk: Any, stronger: Any, weaker: Any) -> None:
        # All that the other kinds of account hold, and what an export takes.
        clerk.user_permissions.set(permissions(*EXPORTING, *MAY_EDIT))
        assert client.get(f"{USERS}{weaker.pk}/export/").status_code == 200
        assert client.get(f"{USERS}{stronger.pk}/export/").status_code == 403
        offers = [
            "/export/" in client.get(f"{USERS}{user.pk}/change/").text
            for user in (weaker, stronger)
        ]
        assert offers == [True, False]

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_is_not_touched_over_the_api(
        self, settings: Any, clerk: Any, stronger: Any, method: str
    ) -> None:
        settings.STAFF_NEEDS_PERMISSIONS = True
        api, before = APIClient(), row_of(stronger)
        api.force_authenticate(clerk)
        url = f"/auth/users/{stronger.pk}/"
        body = {"email": "x@example.com", "first_name": "X", "current_password": PASSWORD}
        assert getattr(api, method)(url, body, format="json").status_code in (403, 404)
        assert row_of(stronger) == before
        assert api.get(url).json()["username"] == "root"


class TestWeakerAccount:
    def test_is_edited(self, client: Client, clerk: Any, weaker: Any) -> None:
        assert page_of(client, weaker).save(first_name="Kim").status_code == 302
        assert row_of(weaker)["first_name"] == "Kim"
        url = f"{USERS}{weaker.pk}/password/"
        form = {"usable_password": "true", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
        client.post(url, form | {"set-password": "x"})
        assert get_user_model().objects.get(pk=weaker.pk).check_password(NEW_PASSWORD)

    def test_is_changed_and_deleted_over_the_api(
        self, settings: Any, clerk: Any, weaker: Any
    ) -> None:
        settings.STAFF_NEEDS_PERMISSIONS = True
        api, url = APIClient(), f"/auth/users/{weaker.pk}/"
        api.force_authenticate(clerk)
        assert api.patch(url, {"first_name": "Kim"}, format="json").status_code == 200
        assert row_of(weaker)["first_name"] == "Kim"
        assert api.delete(url, {"current_password": PASSWORD}, format="json").status_code == 204
        assert not get_user_model().objects.filter(pk=weaker.pk).exists()

    def test_is_as_far_as_before_where_staff_need_no_permission(
        self, clerk: Any, weaker: Any
    ) -> None:
        api = APIClient()
        api.force_authenticate(clerk)
        url = f"/auth/users/{weaker.pk}/"
        assert api.patch(url, {"first_name": "Kim"}, format="json").status_code == 404


class TestUnpaidOrders:
    """To delete an account is to cancel them."""

    def delete(self, client: Client, clerk: Any, user: Any) -> list[int]:
        api = APIClient()
        # What was asked of an instance is remembered by it.
        api.force_authenticate(get_user_model().objects.get(pk=clerk.pk))
        form = {"action": "delete_selected", "_selected_action": user.pk, "post": "yes"}
        body = {"current_password": PASSWORD}
        return [
            client.post(f"{USERS}{user.pk}/delete/", {"post": "yes"}).status_code,
            client.post(USERS, form).status_code,
            api.delete(f"/auth/users/{user.pk}/", body, format="json").status_code,
        ]

    def test_keep_an_account_from_who_may_not_cancel(
        self, settings: Any, client: Client, clerk: Any, weaker: Any
    ) -> None:
        settings.STAFF_NEEDS_PERMISSIONS = True
        order = Order.objects.create(customer=weaker.customer)
        assert self.delete(client, clerk, weaker) == [403, 403, 403]
        assert (Order.objects.get().status, order.customer) == ("pending", weaker.customer)

    def test_are_cancelled_by_who_may(self, client: Client, clerk: Any, weaker: Any) -> None:
        Order.objects.create(customer=weaker.customer)
        clerk.user_permissions.add(*permissions("cancel_order"))
        client.post(f"{USERS}{weaker.pk}/delete/", {"post": "yes"})
        assert Order.objects.get().status == "cancelled"
        assert not get_user_model().objects.filter(pk=weaker.pk).exists()


class TestRights:
    @pytest.mark.parametrize("of", ["self", "weaker"])
    @pytest.mark.parametrize("name", ["is_superuser", "is_staff", "groups", "user_permissions"])
    def test_are_read_only(
        self, client: Client, clerk: Any, weaker: Any, name: str, of: str
    ) -> None:
        user = clerk if of == "self" else weaker
        before, url = row_of(user), f"{USERS}{user.pk}/change/"
        page = client.get(url)
        assertContains(page, f"field-{name}")
        assertNotContains(page, f'name="{name}"')
        values = {
            "groups": Group.objects.first().pk,
            "user_permissions": permissions("delete_product").get().pk,
        }
        forged = {name: values.get(name, "on")}
        assert page_of(client, user).save(**forged).status_code == 403
        assert row_of(user) == before

    def test_are_not_given_to_a_new_user(self, client: Client, clerk: Any) -> None:
        form = {
            **{"username": "eve", "email": "eve@example.com", "usable_password": "true"},
            **{"password1": PASSWORD, "password2": PASSWORD},
        }
        for name in ("is_superuser", "is_staff"):
            assert client.post(f"{USERS}add/", form | {name: "on"}).status_code == 403
        assert not get_user_model().objects.filter(username="eve").exists()
        client.post(f"{USERS}add/", form)
        eve = row_of(get_user_model().objects.get(username="eve"))
        assert (eve["is_staff"], eve["is_superuser"], eve["groups"]) == (False, False, set())

    def test_of_groups_are_the_superusers(self, client: Client, clerk: Any) -> None:
        group = Group.objects.get(name="Customer Service")
        clerk.groups.add(group)
        before = {*group.permissions.all()}
        url = f"/admin/auth/group/{group.pk}/"
        everything = [*Permission.objects.values_list("pk", flat=True)]
        refused = [
            client.post(f"{url}change/", {"name": "x", "permissions": everything}),
            client.post(f"{url}delete/", {"post": "yes"}),
            client.post("/admin/auth/group/add/", {"name": "y", "permissions": everything}),
        ]
        assert [page.status_code for page in refused] == [403] * 3
        form = {"action": "delete_selected", "_selected_action": group.pk, "post": "yes"}
        client.post("/admin/auth/group/", form)
        assert {*Group.objects.get(name="Customer Service").permissions.all()} == before
        assert client.get(f"{url}change/").status_code == 200

    def test_are_changed_by_superusers(
        self, admin_client: Client, weaker: Any, stronger: Any
    ) -> None:
        group = Group.objects.get(name="Customer Service")
        for user in (weaker, stronger):
            given = {"groups": [group.pk], "is_superuser": "on", "user_permissions": []}
            assert page_of(admin_client, user).save(**given).status_code == 302
            row = row_of(user)
            assert (row["is_superuser"], row["groups"]) == (True, {group.name})
            assert row["permissions"] == set()

    def test_of_users_are_edited_on_no_list(self) -> None:
        from django.contrib import admin

        assert not admin.site.get_model_admin(get_user_model()).list_editable


def test_nobody_is_beyond_a_superuser(admin_user: Any, stronger: Any) -> None:
    assert not beyond(admin_user).exists()


def test_everybody_is_beyond_who_has_no_row(stronger: Any) -> None:
    assert beyond(get_user_model()(is_staff=True)).count() == 1
