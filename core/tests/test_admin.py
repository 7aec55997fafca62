import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from pytest_django.asserts import assertContains, assertNotContains

from store.models import Customer, Order

pytestmark = pytest.mark.django_db

ADD = "/admin/core/user/add/"
NEW_USER = {
    "username": "ann",
    "email": "Ann@Example.com",
    "first_name": "Ann",
    "last_name": "Lee",
    "usable_password": "true",
    "password1": "a-Str0ng-one",
    "password2": "a-Str0ng-one",
}


def user_named(username):
    return get_user_model().objects.get(username=username)


def test_the_dashboard_says_where_one_is(admin_client):
    page = admin_client.get("/admin/")

    assertContains(page, "Storefront Admin")
    assertContains(page, "Admin Dashboard")


def test_the_dashboard_leads_to_no_tokens(admin_client):
    assertNotContains(admin_client.get("/admin/"), "outstandingtoken")
    assert admin_client.get("/admin/token_blacklist/outstandingtoken/").status_code == 404


def test_a_new_user_has_names_an_address_and_a_customer_profile(admin_client):
    admin_client.post(ADD, NEW_USER)

    ann = user_named("ann")
    assert (ann.email, ann.first_name, ann.last_name) == ("ann@example.com", "Ann", "Lee")
    assert ann.check_password("a-Str0ng-one")
    assert ann.customer.membership == Customer.MEMBERSHIP_BRONZE


@pytest.mark.parametrize("missing", ["username", "email", "password1"])
def test_a_new_user_needs(admin_client, missing):
    page = admin_client.post(ADD, NEW_USER | {missing: ""})

    assert list(page.context["adminform"].form.errors) == [missing]
    assert not get_user_model().objects.filter(username="ann").exists()


def test_one_mailbox_has_one_account(admin_client):
    admin_client.post(ADD, NEW_USER)

    page = admin_client.post(ADD, NEW_USER | {"username": "bob", "email": "ANN@example.com"})

    assertContains(page, "A user with that email address already exists.")
    assert get_user_model().objects.count() == 2


def test_the_list_shows_address_and_names(admin_client):
    admin_client.post(ADD, NEW_USER)

    page = admin_client.get("/admin/core/user/?q=ann")

    for name, value in (("email", "ann@example.com"), ("first_name", "Ann"), ("last_name", "Lee")):
        assertContains(page, f'<td class="field-{name}">{value}</td>')


def test_users_with_orders_are_deleted_and_the_orders_stay(admin_client):
    for name in ("ann", "bob"):
        form = NEW_USER | {"username": name, "email": f"{name}@example.com"}
        admin_client.post(ADD, form)
        Order.objects.create(customer=user_named(name).customer)
    keys = [user_named("ann").pk, user_named("bob").pk]
    form = {"action": "delete_selected", "_selected_action": keys}

    page = admin_client.post("/admin/core/user/", form)
    assertContains(page, "of whose orders the books stay")
    admin_client.post("/admin/core/user/", form | {"post": "yes"})

    assert not get_user_model().objects.filter(pk__in=keys).exists()
    assert Order.objects.filter(customer__user__deleted_at__isnull=False).count() == 2
    assert not LogEntry.objects.filter(object_repr__in=["ann", "bob"]).exists()


def test_one_account_is_deleted_on_its_page(admin_client):
    admin_client.post(ADD, NEW_USER)
    ann = user_named("ann")
    Order.objects.create(customer=ann.customer)
    url = f"/admin/core/user/{ann.pk}/delete/"

    assertContains(admin_client.get(url), "unpaid orders are cancelled")
    assert admin_client.post(url, {"post": "yes"}).status_code == 302

    assert Order.objects.get().customer.user.username.startswith("deleted-")
    assert not LogEntry.objects.filter(object_repr="ann").exists()


class TestExport:
    def test_is_a_file_that_the_log_tells_of(self, admin_client):
        admin_client.post(ADD, NEW_USER)
        ann = user_named("ann")
        url = f"/admin/core/user/{ann.pk}/export/"
        assertContains(admin_client.get(f"/admin/core/user/{ann.pk}/change/"), url)

        response = admin_client.get(url)

        assert response["Content-Disposition"] == 'attachment; filename="account.json"'
        assert response.json()["account"]["email"] == "ann@example.com"
        assert LogEntry.objects.filter(change_message="Exported all data.").count() == 1
        assert admin_client.get("/admin/core/user/999999/export/").status_code == 404

    def test_is_for_those_who_may_see_all_of_it(self, client, register):
        clerk, ann = register("clerk", is_staff=True), register()
        seen = Permission.objects.filter(codename__in=["view_user", "view_customer"])
        clerk.user_permissions.set(seen)
        client.force_login(clerk)

        assert client.get(f"/admin/core/user/{ann.pk}/export/").status_code == 403
        assertNotContains(client.get(f"/admin/core/user/{ann.pk}/change/"), "Export all")


def test_a_user_without_orders_is_deleted_with_the_profile(admin_client):
    admin_client.post(ADD, NEW_USER)

    admin_client.post(f"/admin/core/user/{user_named('ann').pk}/delete/", {"post": "yes"})

    assert list(Customer.objects.values_list("user__username", flat=True)) == ["admin"]
