"""A token decides alone who sends a request to the API; pages and forms know sessions only."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from model_bakery import baker
from rest_framework.test import APIClient

from store.models import Cart, Collection, Review

from .conftest import PASSWORD

pytestmark = pytest.mark.django_db

ME = "/auth/users/me/"
REVIEW = {"name": "Ann", "description": "Good."}


@pytest.fixture
def staff(register: Callable) -> Any:
    user = register()
    get_user_model().objects.update(is_staff=True, is_superuser=True)
    return user


@pytest.fixture
def browser(staff: Any) -> Client:
    """A browser in which somebody of the staff is signed in to the admin."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(staff)
    return browser


class TestRefusals:
    def test_a_wrong_token_is_no_session(self, browser: Client, subtests: pytest.Subtests) -> None:
        for header in ["JWT nonsense", "bearer a.b.c", "JWT", "jwt ", "JWT a b"]:
            with subtests.test(header=header):
                assert browser.get(ME, headers={"authorization": header}).status_code == 401

    def test_a_page_takes_no_token(
        self, api_client: APIClient, staff: Any, tokens_of: Callable
    ) -> None:
        api_client.credentials(HTTP_AUTHORIZATION=f"JWT {tokens_of()['access']}")
        response = api_client.get("/admin/")
        assert (response.status_code, response["Location"]) == (302, "/admin/login/?next=/admin/")

    def test_a_form_is_not_taken_with_a_token_alone(
        self, browser: Client, staff: Any, tokens_of: Callable
    ) -> None:
        header = {"authorization": f"JWT {tokens_of()['access']}"}
        names = {"username": "ann", "password": PASSWORD}
        assert browser.post("/admin/login/", names, headers=header).status_code == 403

    def test_a_session_writes_with_the_token_of_its_forms_alone(self, browser: Client) -> None:
        response = browser.patch(ME, {"first_name": "Kim"}, content_type="application/json")
        assert response.status_code == 403
        assert get_user_model().objects.get().first_name != "Kim"


class TestSessionBesideTheFrontEnd:
    """Who is signed in to the admin uses the shop's front-end, whose calls carry the cookie along."""

    def test_a_write_with_a_wrong_csrf_token_is_refused(
        self, browser: Client, product: Any
    ) -> None:
        reviews = f"/store/products/{product.pk}/reviews/"
        for sent in (REVIEW | {"csrfmiddlewaretoken": "x" * 64}, REVIEW):
            header = {} if sent != REVIEW else {"x-csrftoken": "x" * 64}
            assert browser.post(reviews, sent, headers=header).status_code == 403
        assert browser.post("/store/carts/", headers={"x-csrftoken": "null"}).status_code == 403
        assert not Review.objects.exists()
        assert not Cart.objects.exists()

    def test_only_users_still_need_the_token_of_the_forms(
        self, browser: Client, staff: Any, product: Any
    ) -> None:
        cart = baker.make(Cart)
        review = baker.make(Review, product=product, user=staff)
        refused = [
            browser.post("/store/orders/", {"cart_id": cart.pk}),
            browser.post(f"/store/carts/{cart.pk}/claim/"),
            browser.post("/store/collections/", {"title": "x"}),
            browser.delete(f"/store/products/{product.pk}/reviews/{review.pk}/"),
            browser.post("/auth/users/set_password/", {"new_password": "an-0ther-One"}),
        ]
        assert [response.status_code for response in refused] == [403] * 5
        assert Review.objects.filter(pk=review.pk).exists()
        assert not Collection.objects.filter(title="x").exists()

    def test_a_write_without_one_is_a_visitors(self, browser: Client, product: Any) -> None:
        cart = browser.post("/store/carts/")
        assert cart.status_code == 201
        item = browser.post(
            f"/store/carts/{cart.json()['id']}/items/",
            {"product_id": product.pk, "quantity": 1},
            content_type="application/json",
        )
        assert item.status_code == 201
        assert browser.post(f"/store/products/{product.pk}/reviews/", REVIEW).status_code == 201
        assert Review.objects.get().user is None
        bob = {"username": "bob", "email": "bob@example.com", "password": PASSWORD}
        assert browser.post("/auth/users/", bob).status_code == 201

    def test_a_write_with_the_right_one_is_the_persons(
        self, browser: Client, staff: Any, product: Any
    ) -> None:
        reviews = f"/store/products/{product.pk}/reviews/"
        page = browser.get(reviews, headers={"accept": "text/html"})
        sent = {**REVIEW, "csrfmiddlewaretoken": page.context["csrf_token"]}
        assert browser.post(reviews, sent).status_code == 201
        header = {"x-csrftoken": browser.cookies["csrftoken"].value}
        assert browser.post(reviews, REVIEW, headers=header).status_code == 201
        assert [review.user for review in Review.objects.all()] == [staff, staff]


def test_a_token_reads_no_session(api_client: APIClient, staff: Any, tokens_of: Callable) -> None:
    api_client.credentials(HTTP_AUTHORIZATION=f"JWT {tokens_of()['access']}")
    request = api_client.get(ME).wsgi_request
    assert request.user.username == "ann"
    assert not request.session.accessed


@pytest.mark.parametrize("header", ["", "Basic YW5uOmFubg==", "Token abc", "JWTabc"])
def test_a_session_reads_where_there_is_no_token(browser: Client, header: str) -> None:
    response = browser.get(ME, headers={"authorization": header} if header else {})
    assert (response.status_code, response.json()["username"]) == (200, "ann")


def test_a_token_goes_before_a_session(
    browser: Client, register: Callable, tokens_of: Callable
) -> None:
    register(username="bob", email="bob@example.com")
    access = tokens_of("bob")["access"]
    response = browser.get(ME, headers={"authorization": f"JWT {access}", "accept": "text/html"})
    assert (response.status_code, b"bob@example.com" in response.content) == (200, True)
