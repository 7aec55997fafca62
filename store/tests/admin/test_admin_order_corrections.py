"""Addresses are corrected and notes taken in the admin; phone orders have an address."""

from uuid import uuid4

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from store.models import Address, AddressChange, Order, OrderNote
from store.services.order_addresses import correct_address
from store.services.order_status import COLUMNS
from store.services.orders import delete_order

from .forms import errors_in, inline, messages_in

pytestmark = pytest.mark.django_db

LIST = "/admin/store/order/"
ELY = {"street": "1 High St", "city": "Ely", "zip": "CB7"}


def url(order, name):
    return f"{LIST}{order.pk}/{name}/"


def note(client, order, text="Call first.", key=None):
    form = {"text": text, "key": str(key or uuid4())}
    return client.post(url(order, "notes"), form)


def goes_to(order):
    order.refresh_from_db()
    return str(order.shipping_address)


@pytest.mark.parametrize("name", ["address", "notes"])
class TestRefusals:
    @pytest.mark.parametrize("rights", [["view_order"], ["view_order", "cancel_order"]])
    def test_without_the_right(self, make_clerk, order, name, rights):
        clerk = make_clerk(*rights)

        assert clerk.get(url(order, name)).status_code == 403
        assert clerk.post(url(order, name), {**ELY, "text": "x", "key": uuid4()}).status_code == 403

        assert not AddressChange.objects.exists()
        assert not OrderNote.objects.exists()

    def test_of_an_order_that_is_gone(self, admin_client, order, name):
        address = url(order, name)
        delete_order(order=order)

        page = admin_client.post(address, {**ELY, "text": "x", "key": uuid4()}, follow=True)

        assertRedirects(page, LIST)
        assert messages_in(page) == ["The order has been deleted meanwhile."]


class TestAddress:
    @pytest.mark.parametrize("status", ["shipped", "cancelled"])
    def test_is_refused_once_it_is_too_late(self, admin_client, order, status):
        Order.objects.update(**COLUMNS[status])

        page = admin_client.post(url(order, "address"), ELY, follow=True)

        assert messages_in(page) == [f"The order is {status} now."]
        assert not AddressChange.objects.exists()

    @pytest.mark.parametrize(
        "wrong", [{"street": ""}, {"city": ""}, {"zip": "9" * 33}, {"street": "a\0"}]
    )
    def test_that_is_none_is_asked_for_again(self, admin_client, order, wrong):
        page = admin_client.post(url(order, "address"), ELY | wrong)

        assert list(page.context["form"].errors) == [*wrong]
        assert goes_to(order) == "None"

    def test_of_two_people_the_second_is_told(self, admin_client, order):
        correct_address(order=order, address=ELY)

        page = admin_client.post(
            url(order, "address"), {"street": "typed", "city": "Rome", "zip": "", "seen": ""}
        )

        assertContains(
            page, "Somebody has changed the address meanwhile; it is 1 High St, CB7 Ely now."
        )
        assertContains(page, 'value="typed"')
        assert goes_to(order) == "1 High St, CB7 Ely"

    def test_of_another_customer_is_no_choice(self, admin_client, order, make_customer):
        theirs = Address.objects.create(customer=make_customer("bob"), **ELY)
        Address.objects.create(customer=order.customer, **ELY)

        page = admin_client.post(url(order, "address"), {"stored": theirs.pk})

        assert "stored" in page.context["form"].errors
        assert goes_to(order) == "None"

    def test_is_typed_once_by_a_double_click(self, admin_client, admin_user, order):
        for _ in range(2):
            page = admin_client.post(url(order, "address"), {**ELY, "seen": ""}, follow=True)

        assert messages_in(page) == ["The order was corrected."]
        assert AddressChange.objects.get().changed_by == admin_user
        assert goes_to(order) == "1 High St, CB7 Ely"

    def test_is_chosen_whatever_is_typed(self, admin_client, order):
        stored = Address.objects.create(customer=order.customer, **ELY)

        admin_client.post(url(order, "address"), {"stored": stored.pk, "street": "x", "seen": ""})

        assert goes_to(order) == "1 High St, CB7 Ely"


class TestNotes:
    @pytest.mark.parametrize("text", ["", " ", "x" * 2001, "a\0b"])
    def test_that_are_none_are_asked_for_again(self, admin_client, order, text):
        page = note(admin_client, order, text)

        assert list(page.context["form"].errors) == ["text"]
        assertContains(page, 'name="key"')
        assert not OrderNote.objects.exists()

    def test_are_taken_once_by_a_double_click(self, admin_client, admin_user, order):
        key = uuid4()
        for _ in range(2):
            page = note(admin_client, order, "Call <first>.", key)

        assertRedirects(page, url(order, "change") + "#notes", fetch_redirect_response=False)
        assert OrderNote.objects.get().written_by == admin_user
        assertContains(admin_client.get(url(order, "change")), "Call &lt;first&gt;.")

    def test_are_not_for_customers(self, admin_client, order, api_client):
        note(admin_client, order, "Grumbles.")
        api_client.force_authenticate(order.customer.user)

        for path in (
            f"/store/orders/{order.pk}/",
            "/store/orders/",
            f"/store/orders/{order.pk}/changes/",
        ):
            assertNotContains(api_client.get(path), "Grumbles")


class TestPhoneOrders:
    def form(self, customer, product, **address):
        lines = inline("items", [{"product": product.pk, "quantity": 1}])
        shipping = {f"shipping_{name}": value for name, value in address.items()}
        return {"customer": customer.pk, "payment_status": "P", **shipping, **lines}

    @pytest.mark.parametrize("left", ["street", "city"])
    def test_half_an_address_is_none(self, admin_client, customer, product, left):
        page = admin_client.post(f"{LIST}add/", self.form(customer, product, **{**ELY, left: ""}))

        assert errors_in(page) == ["An address has a street and a city."]
        assert not Order.objects.exists()

    @pytest.mark.parametrize(
        ("address", "shown"),
        [(ELY, "1 High St, CB7 Ely"), ({**ELY, "zip": ""}, "1 High St, Ely"), ({}, "None")],
    )
    def test_have_an_address_or_none(self, admin_client, customer, product, address, shown):
        admin_client.post(f"{LIST}add/", self.form(customer, product, **address))

        assert goes_to(Order.objects.get()) == shown

    def test_stored_addresses_are_offered(self, admin_client, make_clerk, customer):
        Address.objects.create(customer=customer, **ELY)
        address = f"{LIST}addresses/?customer={customer.pk}"

        assert admin_client.get(address).json() == {"addresses": [ELY]}
        assert admin_client.get(f"{LIST}addresses/?customer=x").json() == {"addresses": []}
        assert make_clerk("view_order", "add_order").get(address).status_code == 403
