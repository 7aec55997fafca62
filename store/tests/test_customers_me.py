import pytest

from store.models import Customer

pytestmark = pytest.mark.django_db

ME = "/store/customers/me/"


class TestMe:
    def test_a_new_user_has_a_bronze_profile(self, api_client, sign_in):
        user = sign_in()

        response = api_client.get(ME)

        assert response.status_code == 200
        assert response.json() == {
            "id": user.customer.pk,
            "user_id": user.pk,
            "phone": "",
            "birth_date": None,
            "membership": "B",
            "accepts_marketing": False,
        }

    def test_a_missing_profile_is_not_found_and_not_made(self, api_client, sign_in):
        sign_in().customer.delete()

        response = api_client.get(ME)

        assert response.status_code == 404
        assert not Customer.objects.exists()

    def test_put_changes_the_own_profile_only(self, api_client, sign_in, customer):
        user = sign_in()
        body = {"phone": "555-0199", "birth_date": "2000-12-31", "user_id": customer.user_id}

        response = api_client.put(ME, body, format="json")

        assert response.status_code == 200
        assert response.json() == {
            "id": user.customer.pk,
            "user_id": user.pk,
            "phone": "555-0199",
            "birth_date": "2000-12-31",
            "membership": "B",
            "accepts_marketing": False,
        }
        customer.refresh_from_db()
        assert customer.phone == "555-0100"

    def test_put_makes_a_missing_profile(self, api_client, sign_in):
        user = sign_in()
        user.customer.delete()

        response = api_client.put(ME, {"phone": "555-0199"}, format="json")

        made = Customer.objects.get()
        assert response.status_code == 200
        assert response.json()["id"] == made.pk
        assert (made.user_id, made.phone, made.membership) == (user.pk, "555-0199", "B")

    @pytest.mark.parametrize("membership", ["G", "S", "X", None])
    def test_a_customer_does_not_promote_themselves(self, api_client, sign_in, membership):
        user = sign_in()

        response = api_client.put(
            ME, {"phone": "555-0199", "membership": membership}, format="json"
        )

        user.customer.refresh_from_db()
        assert response.status_code == 200
        assert response.json()["membership"] == user.customer.membership == "B"

    def test_an_earned_membership_survives_a_put(self, api_client, sign_in):
        user = sign_in()
        Customer.objects.update(membership="G")

        response = api_client.put(ME, {"phone": "1", "membership": "B"}, format="json")

        user.customer.refresh_from_db()
        assert response.json()["membership"] == user.customer.membership == "G"

    def test_the_phone_is_needed(self, api_client, sign_in, subtests):
        sign_in().customer.delete()

        for body, errors in [
            ({}, {"phone": ["This field is required."]}),
            ({"phone": ""}, {"phone": ["This field may not be blank."]}),
            ({"phone": None}, {"phone": ["This field may not be null."]}),
            ({"phone": "1\x00"}, {"phone": ["Null characters are not allowed."]}),
            (
                {"phone": "1" * 256},
                {"phone": ["Ensure this field has no more than 255 characters."]},
            ),
        ]:
            with subtests.test(body=body, errors=errors):
                response = api_client.put(ME, body, format="json")

                assert response.status_code == 400
                assert response.json() == errors
                assert not Customer.objects.exists()

    def test_a_birth_date_is_a_date(self, api_client, sign_in, subtests):
        sign_in()

        for birth_date in ["x", "2000-02-30", 5, "", True]:
            with subtests.test(birth_date=birth_date):
                response = api_client.put(
                    ME, {"phone": "1", "birth_date": birth_date}, format="json"
                )

                assert response.status_code == 400
                assert set(response.json()) == {"birth_date"}
                assert Customer.objects.get().phone == ""

    @pytest.mark.parametrize("method", ["post", "patch", "delete"])
    def test_only_get_and_put(self, api_client, sign_in, method):
        sign_in()

        response = getattr(api_client, method)(ME, {"phone": "1"}, format="json")

        assert response.status_code == 405
        assert response["Allow"] == "GET, PUT, HEAD, OPTIONS"
        assert Customer.objects.get().phone == ""

    @pytest.mark.parametrize("method", ["get", "put"])
    def test_a_stranger_is_asked_to_sign_in(self, api_client, method):
        assert getattr(api_client, method)(ME).status_code == 401
