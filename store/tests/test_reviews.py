from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from model_bakery import baker

from store.models import Review

pytestmark = pytest.mark.django_db
User = get_user_model()
BODY = {"name": "Ann", "description": "Pours well."}


@pytest.fixture
def url(product):
    return f"/store/products/{product.id}/reviews/"


@pytest.fixture
def make_review(product):
    def make_review(**fields):
        return Review.objects.create(**{"product": product, **BODY, **fields})

    return make_review


@pytest.fixture
def author():
    return baker.make(User, email="author@example.com")


class TestRead:
    def test_review_shows_exactly_its_fields(self, api_client, make_review, url):
        review = make_review(rating=4)
        expected = {
            "id": review.id,
            "date": datetime.now(UTC).date().isoformat(),
            "name": "Ann",
            "description": "Pours well.",
            "rating": 4,
            "verified_purchase": False,
            "is_mine": False,
            "is_approved": True,
            "answer": None,
        }

        assert api_client.get(url).json() == [expected]
        assert api_client.get(f"{url}{review.id}/").json() == expected

    def test_list_is_of_one_product_and_newest_first(
        self, api_client, make_review, make_product, url
    ):
        reviews = [make_review() for _ in range(3)]
        make_review(product=make_product())
        day = date(2026, 1, 5)
        for review, age in zip(reviews, [1, 0, 1], strict=True):
            Review.objects.filter(pk=review.pk).update(date=day - timedelta(days=age))

        ids = [row["id"] for row in api_client.get(url).json()]

        assert ids == [reviews[1].id, reviews[2].id, reviews[0].id]

    def test_list_goes_on_behind_100_rows(self, api_client, product, url):
        Review.objects.bulk_create(Review(product=product, **BODY) for _ in range(101))

        response = api_client.get(url)

        assert len(response.json()) == 100
        assert response["Link"] == f'<http://testserver{url}?page=2>; rel="next"'
        rest = api_client.get(url, {"page": 2})
        assert len(rest.json()) == 1
        assert rest["Link"] == f'<http://testserver{url}>; rel="prev"'

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_missing_product_is_not_found(self, api_client, db, method, subtests):
        for product_id in ["999", "abc", "9" * 30, "-1"]:
            with subtests.test(product_id=product_id):
                response = getattr(api_client, method)(
                    f"/store/products/{product_id}/reviews/", BODY
                )

                assert response.status_code == 404
                assert list(response.json()) == ["detail"]
                assert not Review.objects.exists()

    def test_review_of_another_product_is_not_found(
        self, api_client, authenticate, make_review, make_product, subtests
    ):
        review = make_review()
        authenticate(is_staff=True)
        url = f"/store/products/{make_product().id}/reviews/{review.id}/"

        for method in ["get", "put", "patch", "delete"]:
            with subtests.test(method=method):
                response = getattr(api_client, method)(url, {**BODY, "name": "Eve"})

                assert response.status_code == 404
                assert Review.objects.get().name == "Ann"


class TestCreate:
    def test_visitor_writes_a_review_of_nobody(self, api_client, product, url):
        response = api_client.post(url, BODY)

        assert response.status_code == 201
        review = Review.objects.get()
        assert (review.product, review.user) == (product, None)
        assert response.json() == {
            **BODY,
            "id": review.id,
            "date": datetime.now(UTC).date().isoformat(),
            "rating": None,
            "verified_purchase": False,
            "is_mine": False,
            "is_approved": True,
            "answer": None,
        }

    def test_user_owns_their_review_whatever_the_body_says(
        self, api_client, sign_in, make_product, product, author, url
    ):
        user = sign_in()
        other = make_product()

        response = api_client.post(
            url, {**BODY, "user": author.id, "user_id": author.id, "product": other.id}
        )

        assert response.status_code == 201
        review = Review.objects.get()
        assert (review.user, review.product) == (user, product)

    @pytest.mark.parametrize("user", [{}, User(), User(is_staff=True)], ids=str)
    def test_user_without_a_row_writes_a_review_of_nobody(self, api_client, url, user):
        api_client.force_authenticate(user=user)

        assert api_client.post(url, BODY).status_code == 201
        assert Review.objects.get().user is None

    @pytest.mark.parametrize("rating", [1, 5, "3", None])
    def test_rating_is_1_to_5_or_none(self, api_client, url, rating):
        response = api_client.post(url, {**BODY, "rating": rating}, format="json")

        assert response.status_code == 201
        assert response.json()["rating"] == (rating and int(rating))


BAD_FIELDS = {
    "name": [None, "", "  ", "x" * 256, "a\0b", [], {}, True],
    "description": [None, "", "  ", "a\0b", [], {}, True],
    "rating": [0, 6, -1, 2.5, "NaN", "good", True, [], {}, 10**30, "9" * 5000],
}


class TestRefused:
    @pytest.mark.parametrize("field", BAD_FIELDS)
    def test_bad_field_is_named_and_nothing_is_written(
        self, api_client, sign_in, make_review, url, field
    ):
        review = make_review(user=sign_in())
        before = Review.objects.values().get()

        for value in BAD_FIELDS[field]:
            created = api_client.post(url, {**BODY, field: value}, format="json")
            changed = api_client.patch(f"{url}{review.id}/", {field: value}, format="json")

            assert (value, created.status_code, list(created.json())) == (value, 400, [field])
            assert (value, changed.status_code, list(changed.json())) == (value, 400, [field])
        assert Review.objects.values().get() == before

    @pytest.mark.parametrize("field", ["name", "description"])
    def test_missing_field_is_named(self, api_client, url, field):
        response = api_client.post(url, {key: "x" for key in BODY if key != field})

        assert response.status_code == 400
        assert response.json() == {field: ["This field is required."]}

    def test_body_that_is_no_review_is_refused(self, api_client, url, subtests):
        for body in ["[]", "null", '"text"', "{}", "{"]:
            with subtests.test(body=body):
                response = api_client.post(url, body, content_type="application/json")

                assert response.status_code == 400
                assert isinstance(response.json(), dict)
                assert not Review.objects.exists()


class TestChange:
    def requests(self, api_client, path):
        """Change, replace and delete a review; return the three answers."""
        return [
            api_client.patch(path, {"name": "Eve"}),
            api_client.put(path, {"name": "Eve", "description": "Drips."}),
            api_client.delete(path),
        ]

    def test_author_changes_and_deletes(self, api_client, sign_in, make_review, url):
        review = make_review(user=sign_in(), rating=2)

        changed, replaced, deleted = self.requests(api_client, f"{url}{review.id}/")

        shown = {"id": review.id, "date": review.date.isoformat(), "rating": 2, "name": "Eve"}
        shown |= {"is_mine": True, "verified_purchase": False, "is_approved": True}
        shown |= {"answer": None}
        assert changed.json() == {**shown, "description": "Pours well."}
        assert replaced.json() == {**shown, "description": "Drips."}
        assert deleted.status_code == 204
        assert not Review.objects.exists()

    @pytest.mark.parametrize("owned", [True, False])
    def test_staff_change_and_delete_anybody_s(
        self, api_client, authenticate, make_review, author, url, owned
    ):
        review = make_review(user=author if owned else None)
        authenticate(is_staff=True)

        responses = self.requests(api_client, f"{url}{review.id}/")

        assert [response.status_code for response in responses] == [200, 200, 204]

    def test_staff_change_leaves_the_author(self, api_client, sign_in, make_review, author, url):
        review = make_review(user=author)
        sign_in(is_staff=True)

        api_client.patch(f"{url}{review.id}/", {"name": "Eve"})

        review.refresh_from_db()
        assert (review.name, review.user) == ("Eve", author)

    @pytest.mark.parametrize("owned", [True, False])
    @pytest.mark.parametrize(
        ("user", "status"),
        [(None, 401), ({}, 403), (User(), 403), ("saved", 403)],
        ids=["visitor", "dict", "unsaved", "saved"],
    )
    def test_others_change_nothing(
        self, api_client, sign_in, make_review, author, url, owned, user, status
    ):
        review = make_review(user=author if owned else None)
        if user == "saved":
            sign_in()
        else:
            api_client.force_authenticate(user=user)
        before = Review.objects.values().get()

        responses = self.requests(api_client, f"{url}{review.id}/")

        assert [response.status_code for response in responses] == [status] * 3
        assert Review.objects.values().get() == before

    def test_review_outlives_its_author(self, make_review, author):
        review = make_review(user=author)

        author.delete()

        review.refresh_from_db()
        assert review.user is None
