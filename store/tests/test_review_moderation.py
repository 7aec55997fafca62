"""What a review says of who asks and of its author, and how staff hold reviews back."""

import pytest
from model_bakery import baker

from store.models import Order, OrderItem, Review

pytestmark = pytest.mark.django_db

PRODUCTS = "/store/products/"


class TestReviews:
    def test_say_whose_they_are_and_whether_the_author_bought_it(
        self, api_client, sign_in, product, make_product
    ):
        user = sign_in()
        mine = baker.make(Review, product=product, user=user)
        baker.make(Review, product=make_product(), user=user)
        strangers = baker.make(Review, product=product)
        order = baker.make(Order, customer=user.customer, payment_status="P")
        baker.make(OrderItem, order=order, product=product, quantity=1, unit_price=10)
        url = f"{PRODUCTS}{product.pk}/reviews/"

        def told():
            rows = {row["id"]: row for row in api_client.get(url).json()}
            assert api_client.get(f"{url}{mine.pk}/").json() == rows[mine.pk]
            assert (
                rows[strangers.pk].items() >= {"is_mine": False, "verified_purchase": False}.items()
            )
            return rows[mine.pk]["is_mine"], rows[mine.pk]["verified_purchase"]

        assert told() == (True, False)
        Order.objects.update(payment_status="C")
        assert told() == (True, True)
        Order.objects.update(stage="refunded")
        assert told() == (True, False)

    @pytest.mark.parametrize(
        ("ordering", "ratings"),
        [
            ("rating", [1, 3, 5, None]),
            ("-rating", [5, 3, 1, None]),
            ("-date,rating", [1, 3, 5, None]),
        ],
    )
    def test_are_sorted_and_those_without_a_rating_come_last(
        self, api_client, product, ordering, ratings
    ):
        for rating in [3, None, 5, 1]:
            baker.make(Review, product=product, rating=rating)
        rows = api_client.get(f"{PRODUCTS}{product.pk}/reviews/?ordering={ordering}").json()
        assert [row["rating"] for row in rows] == ratings

    def test_show_the_answer_of_the_shop_to_everybody(self, api_client, product):
        review = baker.make(
            Review, product=product, answer="Sorry.", answered_at="2026-01-02T03:04:05Z"
        )
        answer = {"text": "Sorry.", "answered_at": "2026-01-02T03:04:05Z"}
        url = f"{PRODUCTS}{product.pk}/reviews/"
        assert [row["answer"] for row in api_client.get(url).json()] == [answer]
        assert api_client.get(f"{url}{review.pk}/").json()["answer"] == answer

    def test_nobody_answers_through_the_api(self, api_client, authenticate, product):
        review = baker.make(Review, product=product)
        authenticate(is_staff=True)
        url = f"{PRODUCTS}{product.pk}/reviews/{review.pk}/"
        refused = api_client.patch(url, {"answer": {"text": "Thanks."}}, format="json")
        assert refused.json()["answer"] == ["This field cannot be changed here."]
        assert Review.objects.get().answer is None


class TestModeration:
    @pytest.fixture(autouse=True)
    def moderated(self, settings):
        settings.STORE_REVIEWS_MODERATED = True

    def test_a_new_one_waits_and_its_author_sees_it(self, api_client, sign_in, product):
        author = sign_in()
        url = f"{PRODUCTS}{product.pk}/reviews/"
        made = api_client.post(url, {"name": "Ann", "description": "Pours.", "rating": 1}).json()
        assert made["is_approved"] is False
        assert [row["id"] for row in api_client.get(url).json()] == [made["id"]]
        sign_in("bob")
        assert api_client.get(url).json() == []
        assert api_client.get(f"{url}{made['id']}/").status_code == 404
        assert Review.objects.get().user == author

    def test_what_its_author_changes_waits_again(self, api_client, sign_in, product):
        review = baker.make(Review, product=product, user=sign_in(), rating=5)
        url = f"{PRODUCTS}{product.pk}/reviews/{review.pk}/"
        changed = api_client.patch(url, {"description": "Buy pills.", "is_approved": True})
        assert changed.json()["is_approved"] is False

    def test_what_staff_change_stays_approved(self, api_client, authenticate, product):
        review = baker.make(Review, product=product)
        authenticate(is_staff=True)
        url = f"{PRODUCTS}{product.pk}/reviews/{review.pk}/"
        assert api_client.patch(url, {"name": "A."}).json()["is_approved"] is True
