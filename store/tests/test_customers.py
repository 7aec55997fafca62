import pytest
from django.contrib.auth import get_user_model
from model_bakery import baker

from store.models import Customer, Order

pytestmark = pytest.mark.django_db

CUSTOMERS = "/store/customers/"
IN_USE = {
    "error": "Customer cannot be deleted because it has one or more orders.",
    "code": "customer_has_orders",
}


def make_customers(number):
    users = baker.make(get_user_model(), _quantity=number, _bulk_create=True)
    return Customer.objects.bulk_create(Customer(user=user) for user in users)


def as_json(customer):
    return {
        "id": customer.pk,
        "user_id": customer.user_id,
        "phone": "555-0100",
        "birth_date": "1990-02-28",
        "membership": "B",
        "name": "zoe",
        "email": "zoe@example.com",
    }


class TestStaff:
    def test_list_every_customer_as_an_array(self, api_client, authenticate, customer):
        authenticate(is_staff=True)

        response = api_client.get(CUSTOMERS)

        assert response.status_code == 200
        assert response.json() == [as_json(customer)]

    @pytest.mark.parametrize("rows", [1, 10, 100])
    def test_the_list_costs_two_queries(
        self, api_client, authenticate, django_assert_num_queries, rows
    ):
        make_customers(rows)
        authenticate(is_staff=True)

        with django_assert_num_queries(2):
            response = api_client.get(CUSTOMERS)

        assert len(response.json()) == rows

    def test_read_one(self, api_client, authenticate, customer):
        authenticate(is_staff=True)

        response = api_client.get(f"{CUSTOMERS}{customer.pk}/")

        assert response.status_code == 200
        assert response.json() == as_json(customer)

    def test_create_for_a_user_without_a_profile(self, api_client, authenticate, customer):
        Customer.objects.all().delete()
        authenticate(is_staff=True)
        body = {"user_id": customer.user_id, "phone": "555-0100", "birth_date": "1990-02-28"}

        response = api_client.post(CUSTOMERS, {**body, "membership": "G"}, format="json")

        made = Customer.objects.get()
        assert response.status_code == 201
        assert response.json() == {**as_json(made), "membership": "G"}
        assert made.user_id == customer.user_id

    def test_a_second_profile_is_refused(self, api_client, authenticate, customer):
        authenticate(is_staff=True)

        response = api_client.post(
            CUSTOMERS, {"user_id": customer.user_id, "phone": "1"}, format="json"
        )

        assert response.status_code == 400
        assert response.json() == {"user_id": ["This user already has a customer profile."]}
        assert Customer.objects.get().phone == "555-0100"

    def test_an_unknown_user_is_refused(self, api_client, authenticate, customer, subtests):
        authenticate(is_staff=True)

        for user_id in [0, -1, 10**9, 2**63, 10**30, "x", None, True, [1]]:
            with subtests.test(user_id=user_id):
                response = api_client.post(
                    CUSTOMERS, {"user_id": user_id, "phone": "1"}, format="json"
                )

                assert response.status_code == 400
                assert set(response.json()) == {"user_id"}
                assert Customer.objects.get() == customer

    def test_user_and_phone_are_needed(self, api_client, authenticate):
        authenticate(is_staff=True)

        response = api_client.post(CUSTOMERS, {}, format="json")

        assert response.status_code == 400
        assert set(response.json()) == {"user_id", "phone"}

    def test_promote_a_customer(self, api_client, authenticate, customer):
        authenticate(is_staff=True)

        response = api_client.patch(
            f"{CUSTOMERS}{customer.pk}/", {"membership": "G"}, format="json"
        )

        assert response.status_code == 200
        assert response.json() == {**as_json(customer), "membership": "G"}
        assert Customer.objects.get().membership == "G"

    def test_put_replaces_all_but_the_user(self, api_client, authenticate, customer, sign_in):
        other = sign_in("ann")
        authenticate(is_staff=True)
        body = {"phone": "2", "birth_date": None, "membership": "S", "user_id": other.pk}

        response = api_client.put(f"{CUSTOMERS}{customer.pk}/", body, format="json")

        assert response.status_code == 200
        assert response.json() == {**as_json(customer), **body, "user_id": customer.user_id}

    def test_an_unknown_membership_is_refused(self, api_client, authenticate, customer):
        authenticate(is_staff=True)

        response = api_client.patch(
            f"{CUSTOMERS}{customer.pk}/", {"membership": "X"}, format="json"
        )

        assert response.status_code == 400
        assert response.json() == {"membership": ['"X" is not a valid choice.']}
        assert Customer.objects.get().membership == "B"

    def test_delete_a_profile_and_keep_the_user(self, api_client, authenticate, customer):
        authenticate(is_staff=True)

        response = api_client.delete(f"{CUSTOMERS}{customer.pk}/")

        assert response.status_code == 204
        assert not Customer.objects.exists()
        assert get_user_model().objects.filter(pk=customer.user_id).exists()

    def test_a_customer_with_orders_stays(self, api_client, authenticate, customer):
        Order.objects.create(customer=customer)
        authenticate(is_staff=True)

        response = api_client.delete(f"{CUSTOMERS}{customer.pk}/")

        assert response.status_code == 405
        assert response.json() == IN_USE
        assert Order.objects.get().customer == customer

    @pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
    def test_a_missing_customer_is_not_found(self, api_client, authenticate, method, subtests):
        authenticate(is_staff=True)

        for missing in ["0", "999999", "9" * 30, "abc"]:
            with subtests.test(missing=missing):
                response = getattr(api_client, method)(f"{CUSTOMERS}{missing}/", {"phone": "1"})

                assert response.status_code == 404
                assert response["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", ""),
        ("post", ""),
        ("get", "{}/"),
        ("put", "{}/"),
        ("patch", "{}/"),
        ("delete", "{}/"),
        ("get", "{}/history/"),
    ],
)
class TestOthers:
    def test_a_customer_is_refused_even_on_their_own_row(self, api_client, sign_in, method, path):
        own = sign_in().customer

        response = getattr(api_client, method)(
            CUSTOMERS + path.format(own.pk), {"membership": "G"}, format="json"
        )

        assert response.status_code == 403
        assert Customer.objects.get().membership == "B"

    def test_a_stranger_is_asked_to_sign_in(self, api_client, customer, method, path):
        response = getattr(api_client, method)(
            CUSTOMERS + path.format(customer.pk), {"membership": "G"}, format="json"
        )

        assert response.status_code == 401
        assert Customer.objects.get().membership == "B"
