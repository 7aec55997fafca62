from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from model_bakery import baker
from pytest_django.asserts import assertContains, assertNotContains

from history.models import Change
from store.models import Address, Customer, Order, OrderItem, Product

from .forms import errors_in, inline, titles_in

pytestmark = pytest.mark.django_db

LIST = "/admin/store/customer/"


def customer_form(customer, *addresses, **changes):
    return {
        "user": customer.user_id,
        "phone": customer.phone,
        "birth_date": "",
        "membership": customer.membership,
        **inline("addresses", list(addresses)),
        **changes,
    }


def test_the_number_of_orders_leads_to_them(admin_client, customer, make_customer):
    mine = [Order.objects.create(customer=customer) for _ in range(2)]
    Order.objects.create(customer=make_customer("bob"))

    page = admin_client.get(LIST, {"q": "ann"})

    url = f"/admin/store/order/?customer__id__exact={customer.pk}"
    assertContains(page, f'<a href="{url}">2</a>')
    assert titles_in(admin_client.get(url)) == [str(order) for order in reversed(mine)]


def test_finds_the_start_of_a_name(admin_client, customer, make_customer, subtests):
    make_customer("bob", first_name="Joanna", last_name="Miles")

    for term, found in [
        ("an", ["Ann Lee"]),
        ("LE", ["Ann Lee"]),
        ("ann lee", ["Ann Lee"]),
        ("nn", []),
        ("bob", ["Joanna Miles"]),
    ]:
        with subtests.test(term=term, found=found):
            assert titles_in(admin_client.get(LIST, {"q": term})) == found


def test_filters_by_membership(admin_client, customer, make_customer):
    Customer.objects.filter(pk=customer.pk).update(membership="G")
    make_customer("bob")

    assert titles_in(admin_client.get(LIST, {"membership__exact": "G"})) == ["Ann Lee"]


def test_edits_memberships_in_the_list(admin_client, customer):
    form = inline("form", [{"id": customer.pk, "membership": "S"}], initial=1)
    admin_client.post(f"{LIST}?q=ann", {**form, "_save": "Save"})

    customer.refresh_from_db()
    assert customer.membership == "S"


def test_refuses_an_unknown_membership_in_the_list(admin_client, customer):
    form = inline("form", [{"id": customer.pk, "membership": "X"}], initial=1)
    page = admin_client.post(f"{LIST}?q=ann", {**form, "_save": "Save"})

    assertContains(page, "Select a valid choice. X is not one of the available choices.")
    customer.refresh_from_db()
    assert customer.membership == "B"


def test_a_customer_who_left_meanwhile_changes_nothing(admin_client, customer):
    form = inline("form", [{"id": customer.pk, "membership": "S"}], initial=1)
    customer.delete()

    page = admin_client.post(f"{LIST}?q=ann", {**form, "_save": "Save"}, follow=True)

    assert page.status_code == 200
    assert not Customer.objects.filter(membership="S").exists()


def test_writes_an_address_with_the_customer(admin_client, customer):
    address = {"street": "1 High Street", "city": "Bath", "zip": "BA1"}
    url = f"{LIST}{customer.pk}/change/"
    admin_client.post(url, customer_form(customer, address))

    assert str(customer.addresses.get()) == "1 High Street, BA1 Bath"


def test_a_user_has_one_profile(admin_client, customer):
    page = admin_client.post(f"{LIST}add/", customer_form(customer))

    assert errors_in(page) == ["Customer with this User already exists."]


class TestCustomerService:
    def test_edits_memberships_in_the_list(self, desk_client, customer):
        form = inline("form", [{"id": customer.pk, "membership": "G"}], initial=1)
        desk_client.post(f"{LIST}?q=ann", {**form, "_save": "Save"})

        customer.refresh_from_db()
        assert customer.membership == "G"

    def test_adds_a_profile_to_a_user_without_one(self, desk_client, customer):
        user = customer.user
        customer.delete()
        query = "app_label=store&model_name=customer&field_name=user&term=ann"
        found = desk_client.get(f"/admin/autocomplete/?{query}").json()["results"]

        desk_client.post(f"{LIST}add/", customer_form(customer, user=found[0]["id"]))

        assert Customer.objects.filter(user=user).exists()

    def test_deletes_no_customer_and_sees_users_only(self, desk_client, customer):
        assert desk_client.post(f"{LIST}{customer.pk}/delete/").status_code == 403
        user_url = f"/admin/core/user/{customer.user_id}/change/"
        page = desk_client.get(user_url)
        assertContains(page, "ann@example.com")
        assertNotContains(page, "assword:")
        assert desk_client.post(user_url, {"username": "mallory"}).status_code == 403

        assert get_user_model().objects.filter(username="ann").exists()


class TestList:
    @pytest.fixture(autouse=True)
    def people(self, make_customer: Any) -> None:
        for name, phone, town in (("ann", "+49 30 5550100", "New York"), ("bob", "", "Annaberg")):
            customer = make_customer(name)
            Customer.objects.filter(pk=customer.pk).update(phone=phone)
            Address.objects.create(customer=customer, street="Elm 1", city=town)

    @pytest.mark.parametrize(
        ("asked", "names"),
        [
            ("bob@", ["bob"]),
            ("+49 (30) 555", ["ann"]),
            ("new york", ["ann"]),
            ("york", []),
            ("ann", ["ann", "bob"]),
            ("bob anna", ["bob"]),
            ("bob new", []),
        ],
    )
    def test_finds_by_name_e_mail_phone_and_town(
        self, admin_client: Any, asked: str, names: list[str]
    ) -> None:
        page = admin_client.get("/admin/store/customer/", {"q": asked})

        found = [row.user.username for row in page.context["cl"].result_list]
        assert sorted(found) == names

    def test_staff_who_only_work_here_are_no_customers(self, admin_client: Any) -> None:
        def listed(**asked: str) -> set[str]:
            page = admin_client.get("/admin/store/customer/", asked)
            return {row.user.username for row in page.context["cl"].result_list}

        assert (listed(), listed(profiles="all")) == ({"ann", "bob"}, {"ann", "bob", "admin"})
        get_user_model().objects.filter(username="bob").update(is_staff=True)
        assert listed() == {"ann", "bob"}


class TestPage:
    def change(self, client: Any, customer: Customer, **fields: Any) -> Any:
        form = {"user": customer.user_id, "phone": "", "membership": "B", **fields}
        form |= {"addresses-TOTAL_FORMS": 0, "addresses-INITIAL_FORMS": 0}
        return client.post(f"{LIST}{customer.pk}/change/", form)

    def test_another_membership_needs_a_reason(self, admin_client: Any, customer: Any) -> None:
        page = self.change(admin_client, customer, membership="G")
        assertContains(page, "Say why the membership changes.")
        assert Customer.objects.get(pk=customer.pk).membership == "B"

        self.change(admin_client, customer, membership="G", reason="Ten years with us")
        change = Change.objects.of(Customer, customer.pk).first()
        assert (change.fields, change.reason) == ({"membership": ["B", "G"]}, "Ten years with us")

    def test_another_phone_needs_none(self, admin_client: Any, customer: Any) -> None:
        assert self.change(admin_client, customer, phone="555").status_code == 302

    @pytest.mark.parametrize("rows", [1, 30])
    def test_tells_of_orders_and_what_was_paid(
        self, admin_client: Any, customer: Any, django_assert_max_num_queries: Any, rows: int
    ) -> None:
        for _ in range(rows):
            order = baker.make(Order, customer=customer, payment_status="C")
            product = baker.make(Product, unit_price=10)
            item = {"product": product, "quantity": 2, "unit_price": 10, "tax": 2}
            baker.make(OrderItem, order=order, **item)

        with django_assert_max_num_queries(15):
            page = admin_client.get(f"{LIST}{customer.pk}/change/")
        assertContains(page, f"{rows} paid, {22 * rows}.00 USD in all, 22.00 on average")
        assertContains(page, "<td>22.00</td>")
        assertContains(page, "Erase the person")

    def test_shows_no_orders_to_who_may_not_see_them(
        self, client: Any, customer: Any, django_user_model: Any
    ) -> None:
        clerk = django_user_model.objects.create_user("clerk", is_staff=True)
        clerk.user_permissions.add(Permission.objects.get(codename="view_customer"))
        client.force_login(clerk)

        page = client.get(f"{LIST}{customer.pk}/change/")
        assertNotContains(page, "on average")
        assertNotContains(page, "Erase the person")
