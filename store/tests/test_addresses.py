import pytest
from django.contrib.auth import get_user_model

from store.models import Address, Customer

pytestmark = pytest.mark.django_db

ADDRESSES = "/store/customers/me/addresses/"
ROAD = {"street": "1 Long Road", "city": "Springfield", "zip": "12345"}
LANE = {"street": "2 Short Lane", "city": "Shelbyville", "zip": ""}
BAD_FIELDS = [
    ({}, {"street": "This field is required.", "city": "This field is required."}),
    ({**ROAD, "street": ""}, {"street": "This field may not be blank."}),
    ({**ROAD, "city": "  "}, {"city": "This field may not be blank."}),
    ({**ROAD, "city": None}, {"city": "This field may not be null."}),
    ({**ROAD, "zip": None}, {"zip": "This field may not be null."}),
    ({**ROAD, "street": ["x"]}, {"street": "Not a valid string."}),
    ({**ROAD, "street": "a\x00b"}, {"street": "Null characters are not allowed."}),
    (
        {**ROAD, "street": "x" * 256},
        {"street": "Ensure this field has no more than 255 characters."},
    ),
    ({**ROAD, "city": "x" * 256}, {"city": "Ensure this field has no more than 255 characters."}),
    ({**ROAD, "zip": "1" * 33}, {"zip": "Ensure this field has no more than 32 characters."}),
]


def url_of(address):
    return f"{ADDRESSES}{address.pk}/"


def stored():
    return list(Address.objects.values())


@pytest.fixture
def theirs(customer):
    """The address of somebody else."""
    return Address.objects.create(customer=customer, **LANE)


@pytest.fixture
def mine(sign_in, theirs):
    return Address.objects.create(customer=sign_in().customer, **ROAD)


class TestRefused:
    def test_a_visitor_has_to_sign_in(self, api_client, theirs, subtests):
        for method in ["get", "post", "put", "patch", "delete"]:
            with subtests.test(method=method):
                url = ADDRESSES if method == "post" else url_of(theirs)
                before = stored()

                assert getattr(api_client, method)(url, ROAD, format="json").status_code == 401
                assert stored() == before

    def test_a_visitor_lists_none(self, api_client, theirs):
        assert api_client.get(ADDRESSES).status_code == 401

    @pytest.mark.parametrize("is_staff", [False, True])
    def test_that_of_another_is_not_found(self, api_client, sign_in, theirs, is_staff, subtests):
        sign_in(is_staff=is_staff, is_superuser=is_staff)
        before = stored()

        for method in ["get", "put", "patch", "delete"]:
            with subtests.test(method=method):
                response = getattr(api_client, method)(url_of(theirs), ROAD, format="json")

                assert response.status_code == 404
                assert set(response.json()) == {"detail"}
                assert stored() == before

    def test_what_is_no_address_is_not_found(self, api_client, mine, subtests):
        for address_id in ["0", "-1", "abc", "1.5", "9" * 30, "%00"]:
            with subtests.test(address_id=address_id):
                assert api_client.get(f"{ADDRESSES}{address_id}/").status_code == 404

    def test_bad_fields_make_none(self, api_client, sign_in, subtests):
        sign_in()

        for body, errors in BAD_FIELDS:
            with subtests.test(body=body, errors=errors):
                response = api_client.post(ADDRESSES, body, format="json")

                assert response.status_code == 400
                assert response.json() == {name: [text] for name, text in errors.items()}
                assert stored() == []

    def test_bad_fields_change_none(self, api_client, mine, subtests):
        before = stored()

        for body, errors in BAD_FIELDS:
            with subtests.test(body=body, errors=errors):
                response = api_client.put(url_of(mine), body, format="json")

                assert response.status_code == 400
                assert set(response.json()) == set(errors)
                assert stored() == before

    def test_bad_fields_make_no_profile(self, api_client, sign_in):
        sign_in().customer.delete()

        assert api_client.post(ADDRESSES, {}, format="json").status_code == 400
        assert not Customer.objects.exists()

    def test_who_has_no_row_sees_none(self, api_client, theirs):
        api_client.force_authenticate(user=get_user_model()(is_staff=True))

        assert api_client.get(ADDRESSES).json() == []
        assert api_client.get(url_of(theirs)).status_code == 404


class TestList:
    def test_shows_the_own_ones_as_an_array(self, api_client, mine):
        second = Address.objects.create(customer=mine.customer, **LANE)

        response = api_client.get(ADDRESSES)

        assert response.status_code == 200
        assert response.json() == [{"id": mine.pk, **ROAD}, {"id": second.pk, **LANE}]

    def test_is_empty_without_a_profile(self, api_client, sign_in, theirs):
        user = sign_in()
        user.customer.delete()

        assert api_client.get(ADDRESSES).json() == []
        assert not Customer.objects.filter(user=user).exists()

    @pytest.mark.parametrize("rows", [1, 10, 100])
    def test_costs_one_query(self, api_client, sign_in, django_assert_num_queries, rows):
        customer = sign_in().customer
        Address.objects.bulk_create(Address(customer=customer, **ROAD) for _ in range(rows))

        with django_assert_num_queries(1):
            response = api_client.get(ADDRESSES)

        assert len(response.json()) == rows
        assert "Link" not in response

    def test_the_hundred_and_first_is_behind_the_link(self, api_client, sign_in):
        customer = sign_in().customer
        Address.objects.bulk_create(Address(customer=customer, **ROAD) for _ in range(101))
        url = f"http://testserver{ADDRESSES}"

        response = api_client.get(url)
        rest = api_client.get(f"{url}?page=2")

        assert response["Link"] == f'<{url}?page=2>; rel="next"'
        assert [len(response.json()), len(rest.json())] == [100, 1]


class TestWrite:
    def test_a_new_one_is_the_user_s(self, api_client, sign_in, customer):
        user = sign_in()

        response = api_client.post(ADDRESSES, {**ROAD, "customer": customer.pk}, format="json")

        address = Address.objects.get()
        assert response.status_code == 201
        assert response.json() == {"id": address.pk, **ROAD}
        assert address.customer == user.customer

    def test_a_zip_is_optional(self, api_client, sign_in):
        sign_in()

        response = api_client.post(ADDRESSES, {"street": "Road", "city": "Town"}, format="json")

        assert response.status_code == 201
        assert response.json()["zip"] == Address.objects.get().zip == ""

    def test_a_missing_profile_is_made(self, api_client, sign_in):
        user = sign_in()
        user.customer.delete()

        response = api_client.post(ADDRESSES, ROAD, format="json")

        assert response.status_code == 201
        assert Address.objects.get().customer == Customer.objects.get(user=user)

    def test_read_one(self, api_client, mine):
        response = api_client.get(url_of(mine))

        assert (response.status_code, response.json()) == (200, {"id": mine.pk, **ROAD})

    def test_replace_one(self, api_client, mine, theirs):
        body = {**LANE, "id": theirs.pk, "customer": theirs.customer_id}

        response = api_client.put(url_of(mine), body, format="json")

        assert (response.status_code, response.json()) == (200, {"id": mine.pk, **LANE})
        assert Address.objects.filter(customer=mine.customer).values().get() == {
            "id": mine.pk,
            "customer_id": mine.customer_id,
            **LANE,
        }

    def test_change_a_field(self, api_client, mine):
        response = api_client.patch(url_of(mine), {"zip": "1"}, format="json")

        assert (response.status_code, response.json()) == (200, {"id": mine.pk, **ROAD, "zip": "1"})
        mine.refresh_from_db()
        assert (mine.street, mine.zip) == (ROAD["street"], "1")

    def test_delete_one_once(self, api_client, mine, theirs):
        assert api_client.delete(url_of(mine)).status_code == 204
        assert api_client.delete(url_of(mine)).status_code == 404
        assert Address.objects.get() == theirs

    def test_list_takes_no_other_method(self, api_client, mine):
        response = api_client.delete(ADDRESSES)

        assert response.status_code == 405
        assert response["Allow"] == "GET, POST, HEAD, OPTIONS"
        assert Address.objects.count() == 2
