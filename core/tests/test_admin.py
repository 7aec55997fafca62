import pytest
from django.contrib.auth import get_user_model
from pytest_django.asserts import assertContains, assertNotContains

from store.models import Customer, Order

pytestmark = pytest.mark.django_db

ADD = "/admin/core/user/add/"
REFUSAL = "Account cannot be deleted because it has one or more orders."
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


def test_a_user_with_orders_is_not_deleted(admin_client):
    admin_client.post(ADD, NEW_USER)
    ann = user_named("ann")
    Order.objects.create(customer=ann.customer)
    url = f"/admin/core/user/{ann.pk}/delete/"

    assertContains(admin_client.get(url), REFUSAL)
    page = admin_client.post(url, {"post": "yes"}, follow=True)

    assert [str(message) for message in page.context["messages"]] == [REFUSAL]
    assert user_named("ann").customer.orders.count() == 1


def test_of_many_users_all_stay_when_one_has_orders(admin_client):
    for name in ("ann", "bob"):
        form = NEW_USER | {"username": name, "email": f"{name}@example.com"}
        admin_client.post(ADD, form)
    Order.objects.create(customer=user_named("bob").customer)

    keys = [user_named("ann").pk, user_named("bob").pk]
    form = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
    page = admin_client.post("/admin/core/user/", form, follow=True)

    messages = [str(message) for message in page.context["messages"]]
    assert messages[-1] == f"{REFUSAL} Nothing was deleted."
    assert get_user_model().objects.filter(pk__in=keys).count() == 2


def test_a_user_without_orders_is_deleted_with_the_profile(admin_client):
    admin_client.post(ADD, NEW_USER)

    admin_client.post(f"/admin/core/user/{user_named('ann').pk}/delete/", {"post": "yes"})

    assert list(Customer.objects.values_list("user__username", flat=True)) == ["admin"]
