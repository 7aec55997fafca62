from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from model_bakery import baker
from rest_framework.test import APIClient

from store.models import Customer

from .conftest import PASSWORD

User = get_user_model()
USERS = "/auth/users/"
ME = "/auth/users/me/"
BOB = {
    "username": "bob",
    "password": PASSWORD,
    "email": "bob@example.com",
    "first_name": "Bob",
    "last_name": "Lee",
}
REQUIRED = ["This field is required."]
EMAIL_TAKEN = ["A user with that email address already exists."]

pytestmark = pytest.mark.django_db


class TestRegister:
    def test_answers_with_the_account(self, api_client: APIClient) -> None:
        response = api_client.post(USERS, BOB)
        assert response.status_code == 201
        assert response.json() == {
            "id": User.objects.get().pk,
            "username": "bob",
            "email": "bob@example.com",
            "first_name": "Bob",
            "last_name": "Lee",
        }

    def test_makes_a_customer_and_stores_only_a_hash(self, api_client: APIClient) -> None:
        api_client.post(USERS, BOB)
        user = User.objects.get()
        assert Customer.objects.get().user == user
        assert PASSWORD not in user.password
        assert user.check_password(PASSWORD)

    def test_names_may_be_left_out(self, api_client: APIClient) -> None:
        body = {"username": "bob", "password": PASSWORD, "email": "bob@example.com"}
        response = api_client.post(USERS, body)
        assert response.status_code == 201
        assert (response.json()["first_name"], response.json()["last_name"]) == ("", "")

    def test_the_address_is_stored_in_lower_case(self, api_client: APIClient) -> None:
        response = api_client.post(USERS, {**BOB, "email": "Bob@Example.COM"})
        assert response.status_code == 201
        assert response.json()["email"] == "bob@example.com"
        assert User.objects.get().email == "bob@example.com"

    @pytest.mark.parametrize("email", ["bob@example.com", "BOB@example.com", "bob@EXAMPLE.com"])
    def test_the_same_address_again_is_refused(self, api_client: APIClient, email: str) -> None:
        api_client.post(USERS, BOB)
        response = api_client.post(USERS, {**BOB, "username": "robert", "email": email})
        assert response.status_code == 400
        assert response.json() == {"email": EMAIL_TAKEN}
        assert User.objects.count() == Customer.objects.count() == 1

    def test_the_same_name_again_is_refused(self, api_client: APIClient) -> None:
        api_client.post(USERS, BOB)
        response = api_client.post(USERS, {**BOB, "email": "robert@example.com"})
        assert response.status_code == 400
        assert response.json() == {"username": ["A user with that username already exists."]}
        assert User.objects.count() == 1

    def test_a_bad_field_is_named(self, api_client: APIClient, subtests: pytest.Subtests) -> None:
        for field, value, message in [
            ("username", "", "This field may not be blank."),
            ("username", None, "This field may not be null."),
            ("username", "x" * 151, "Ensure this field has no more than 150 characters."),
            ("email", "", "This field may not be blank."),
            ("email", "bob", "Enter a valid email address."),
            ("email", "bob@example.com\nBcc: eve@example.com", "Enter a valid email address."),
            ("password", "", "This field may not be blank."),
            ("password", "password", "This password is too common."),
            ("password", "8461837462", "This password is entirely numeric."),
            ("password", "bob@example.com", "The password is too similar to the email address."),
            ("first_name", "x" * 151, "Ensure this field has no more than 150 characters."),
            ("last_name", ["x"], "Not a valid string."),
        ]:
            with subtests.test(field=field, value=value, message=message):
                response = api_client.post(USERS, {**BOB, field: value}, format="json")
                assert response.status_code == 400
                assert list(response.json()) == [field]
                assert message in response.json()[field]
                assert not User.objects.exists()

    def test_the_required_fields_are_named(self, api_client: APIClient) -> None:
        response = api_client.post(USERS, {}, format="json")
        assert response.status_code == 400
        assert response.json() == {"username": REQUIRED, "email": REQUIRED, "password": REQUIRED}

    def test_nobody_registers_as_staff(self, api_client: APIClient) -> None:
        # No number that the database comes to by itself, however many users other tests have made.
        chosen = 2**40
        rights = {"is_staff": True, "is_superuser": True, "is_active": False, "id": chosen}
        response = api_client.post(USERS, {**BOB, **rights}, format="json")
        assert response.status_code == 201
        user = User.objects.get()
        assert (user.is_staff, user.is_superuser, user.is_active) == (False, False, True)
        assert user.pk != chosen


class TestMe:
    def test_shows_the_own_account(self, api_client: APIClient, sign_in: Callable) -> None:
        user = sign_in(first_name="Ann", last_name="Lee")
        response = api_client.get(ME)
        assert response.status_code == 200
        assert response.json() == {
            "id": user.pk,
            "username": "ann",
            "email": "ann@example.com",
            "first_name": "Ann",
            "last_name": "Lee",
        }

    def test_needs_a_sign_in(self, api_client: APIClient, subtests: pytest.Subtests) -> None:
        for method in ["get", "put", "patch", "delete"]:
            with subtests.test(method=method):
                response = getattr(api_client, method)(ME)
                assert response.status_code == 401
                assert response.json() == {
                    "detail": "Authentication credentials were not provided."
                }
                assert response["WWW-Authenticate"] == 'JWT realm="api"'

    @pytest.mark.parametrize("method", ["put", "patch"])
    def test_changes_names_but_not_the_username(
        self, api_client: APIClient, sign_in: Callable, method: str
    ) -> None:
        user = sign_in()
        body = {"username": "root", "email": "Ann@Example.com", "first_name": "A", "last_name": "L"}
        response = getattr(api_client, method)(ME, {**body, "is_staff": True}, format="json")
        assert response.status_code == 200
        expected = {"id": user.pk, **body, "username": "ann", "email": "ann@example.com"}
        assert response.json() == expected
        user.refresh_from_db()
        assert (user.username, user.first_name, user.is_staff) == ("ann", "A", False)

    def test_put_needs_the_address(self, api_client: APIClient, sign_in: Callable) -> None:
        sign_in()
        response = api_client.put(ME, {"first_name": "A"}, format="json")
        assert response.status_code == 400
        assert response.json() == {"email": REQUIRED}

    def test_keeps_the_own_address_in_any_case(
        self, api_client: APIClient, sign_in: Callable
    ) -> None:
        sign_in()
        response = api_client.patch(ME, {"email": "ANN@example.com"}, format="json")
        assert response.status_code == 200
        assert response.json()["email"] == "ann@example.com"


class TestDeleteMe:
    def test_removes_user_and_customer(self, api_client: APIClient, sign_in: Callable) -> None:
        sign_in()
        response = api_client.delete(ME, {"current_password": PASSWORD}, format="json")
        assert (response.status_code, response.content) == (204, b"")
        assert not User.objects.exists()
        assert not Customer.objects.exists()

    @pytest.mark.parametrize(
        ("body", "message"),
        [({"current_password": "wrong"}, "Invalid password."), ({}, REQUIRED[0])],
    )
    def test_needs_the_password(
        self, api_client: APIClient, sign_in: Callable, body: dict[str, str], message: str
    ) -> None:
        sign_in()
        response = api_client.delete(ME, body, format="json")
        assert response.status_code == 400
        assert response.json() == {"current_password": [message]}
        assert User.objects.count() == Customer.objects.count() == 1

    def test_keeps_the_reviews_without_their_author(
        self, api_client: APIClient, sign_in: Callable, product: Any
    ) -> None:
        review = baker.make("store.Review", user=sign_in(), product=product, rating=5)
        response = api_client.delete(ME, {"current_password": PASSWORD}, format="json")
        assert response.status_code == 204
        review.refresh_from_db()
        assert review.user is None


class TestOtherUsers:
    def test_are_hidden_from_a_customer(
        self,
        api_client: APIClient,
        sign_in: Callable,
        register: Callable,
        subtests: pytest.Subtests,
    ) -> None:
        other = register("bob")
        sign_in()
        body = {"email": "eve@example.com", "current_password": PASSWORD}

        for method in ["get", "put", "patch", "delete"]:
            with subtests.test(method=method):
                response = getattr(api_client, method)(f"{USERS}{other.pk}/", body, format="json")
                assert response.status_code == 404
                assert User.objects.get(pk=other.pk).email == "bob@example.com"

    def test_are_not_in_the_list_of_a_customer(
        self, api_client: APIClient, sign_in: Callable, register: Callable
    ) -> None:
        register("bob")
        user = sign_in()
        response = api_client.get(USERS)
        assert response.status_code == 200
        assert [row["id"] for row in response.json()] == [user.pk]

    def test_are_listed_for_staff(
        self,
        api_client: APIClient,
        sign_in: Callable,
        register: Callable,
        django_assert_num_queries: Callable,
    ) -> None:
        sign_in(is_staff=True)
        for number in range(100):
            register(f"user{number}")
        with django_assert_num_queries(1):
            response = api_client.get(USERS)
        assert len(response.json()) == 100
        assert response["Link"] == '<http://testserver/auth/users/?page=2>; rel="next"'

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_are_changed_by_no_staff_but_superusers(
        self, api_client: APIClient, sign_in: Callable, register: Callable, method: str
    ) -> None:
        other = register("root", is_superuser=True)
        sign_in(is_staff=True)
        body = {"email": "eve@example.com", "current_password": PASSWORD}
        url = f"{USERS}{other.pk}/"
        assert api_client.get(url).status_code == 200
        assert getattr(api_client, method)(url, body, format="json").status_code == 404
        assert User.objects.get(pk=other.pk).email == "root@example.com"

    def test_need_a_sign_in(self, api_client: APIClient, register: Callable) -> None:
        assert api_client.get(USERS).status_code == 401
        assert api_client.get(f"{USERS}{register().pk}/").status_code == 401
