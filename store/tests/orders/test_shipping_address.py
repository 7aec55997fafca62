"""Where an order goes: the address is given, or one that the customer has stored; the order keeps it."""

import pytest

from store.models import Address, Customer

from .conftest import ORDERS, snapshot

pytestmark = pytest.mark.django_db

HOME = {"street": "1 Main St", "city": "Springfield", "zip": "12345"}
NOT_FOUND = {
    "shipping_address_id": ["No address of yours with the given ID was found."],
    "code": "address_not_found",
}


@pytest.fixture
def home(sign_in):
    """Ann's; she is signed in."""
    return Address.objects.create(customer=sign_in().customer, **HOME)


class TestRefusal:
    @pytest.mark.parametrize("key", [None, "a-key"])
    def test_somebody_elses(self, sign_in, place, cart, customer, key):
        theirs = Address.objects.create(customer=customer, **HOME)
        sign_in()
        before = snapshot()

        response = place(cart, key, shipping_address_id=theirs.pk)

        assert response.status_code == 400
        assert response.json() == NOT_FOUND
        assert snapshot()["stock"] == before["stock"]
        assert snapshot()["items"] == before["items"]
        assert snapshot()["orders"] == []

    def test_one_that_is_not_there(self, place, cart, home, subtests):
        before = snapshot()

        for missing in [0, -1, 2**31, 2**63, 10**30]:
            with subtests.test(missing=missing):
                response = place(cart, shipping_address_id=missing)

                assert (response.status_code, response.json()) == (400, NOT_FOUND)
                assert snapshot() == before

    def test_an_id_that_is_none(self, place, cart, home, subtests):
        for bad in ["x", "", None, 1.5, True, [], {}, "\0"]:
            with subtests.test(bad=bad):
                response = place(cart, shipping_address_id=bad)

                assert response.status_code == 400
                assert set(response.json()) == {"shipping_address_id"}

    def test_both(self, place, cart, home):
        before = snapshot()

        response = place(cart, shipping_address=HOME, shipping_address_id=home.pk)

        assert response.status_code == 400
        assert response.json() == {
            "shipping_address_id": ["Give an address or the ID of one, not both."]
        }
        assert snapshot() == before

    def test_a_partial_or_bad_one_by_field(self, place, cart, home, subtests):
        before = snapshot()

        for address, fields in [
            ({}, {"street", "city"}),
            ({"street": "1 Main St"}, {"city"}),
            ({"city": "Springfield", "zip": "1"}, {"street"}),
            ({**HOME, "street": " "}, {"street"}),
            ({**HOME, "city": None}, {"city"}),
            ({**HOME, "street": "a\0b"}, {"street"}),
            ({**HOME, "street": "x" * 256}, {"street"}),
            ({**HOME, "zip": "1" * 33}, {"zip"}),
            ("1 Main St", {"non_field_errors"}),
            ([HOME], {"non_field_errors"}),
        ]:
            with subtests.test(address=address, fields=fields):
                response = place(cart, shipping_address=address)

                assert response.status_code == 400
                assert set(response.json()["shipping_address"]) == fields
                assert snapshot() == before

    def test_a_text_that_is_no_unicode(self, place, cart, home):
        before = snapshot()

        response = place(cart, shipping_address={**HOME, "city": "\ud800"})

        assert (response.status_code, set(response.json())) == (400, {"detail"})
        assert snapshot() == before


class TestGiven:
    @pytest.mark.parametrize(
        ("address", "shown"),
        [
            (HOME, HOME),
            ({"street": "1 Main St", "city": "Rome"}, {**HOME, "city": "Rome", "zip": ""}),
        ],
    )
    def test_is_shown_with_the_order_and_not_stored(
        self, api_client, sign_in, place, cart, address, shown
    ):
        sign_in()

        order = place(cart, shipping_address=address).json()

        assert order["shipping_address"] == shown
        assert api_client.get(f"{ORDERS}{order['id']}/").json() == order
        assert not Address.objects.exists()

    def test_without_one_there_is_none(self, sign_in, place, cart):
        sign_in()

        assert place(cart).json()["shipping_address"] is None

    def test_a_form_that_leaves_it_blank_gives_none(self, api_client, sign_in, cart):
        sign_in()
        names = ["expected_total", "shipping_address_id", *(f"shipping_address.{n}" for n in HOME)]
        form = {"cart_id": str(cart.pk), **dict.fromkeys(names, "")}

        response = api_client.post(ORDERS, form, format="multipart")

        assert response.status_code == 201
        assert response.json()["shipping_address"] is None

    def test_a_form_gives_it_by_its_fields(self, api_client, sign_in, cart):
        sign_in()
        fields = {f"shipping_address.{name}": text for name, text in HOME.items()}

        response = api_client.post(ORDERS, {"cart_id": str(cart.pk), **fields}, format="multipart")

        assert response.json()["shipping_address"] == HOME


class TestStored:
    def test_is_copied(self, place, cart, home):
        assert place(cart, shipping_address_id=home.pk).json()["shipping_address"] == HOME

    @pytest.mark.parametrize("method", ["put", "delete"])
    def test_what_becomes_of_it_later_leaves_the_order(self, api_client, place, cart, home, method):
        order = place(cart, shipping_address_id=home.pk).json()
        url = f"/store/customers/me/addresses/{home.pk}/"

        changed = getattr(api_client, method)(
            url, {"street": "2 Elm St", "city": "Rome", "zip": ""}, format="json"
        )

        assert changed.status_code in (200, 204)
        assert api_client.get(f"{ORDERS}{order['id']}/").json()["shipping_address"] == HOME

    def test_of_a_profile_that_is_missing_there_is_none(self, sign_in, place, cart, home):
        Customer.objects.all().delete()

        assert place(cart, shipping_address_id=home.pk).json() == NOT_FOUND
        assert not Customer.objects.exists()
