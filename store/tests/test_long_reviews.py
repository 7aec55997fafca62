"""Reviews longer than a new one may be: refused, and, where they are there already, read in short pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from store.models import Review

pytestmark = pytest.mark.django_db
LONG = "é" * 5001


@pytest.fixture
def url(product):
    return f"/store/products/{product.pk}/reviews/"


@pytest.fixture
def make_review(product):
    def make_review(description="Short.", **fields):
        return Review.objects.create(product=product, name="Ann", description=description, **fields)

    return make_review


def test_a_new_one_is_refused(api_client, url):
    response = api_client.post(url, {"name": "Ann", "description": LONG})
    assert response.status_code == 400
    assert response.json() == {
        "description": ["Ensure this value has at most 5000 characters (it has 5001)."]
    }
    assert not Review.objects.exists()
    assert api_client.post(url, {"name": "Ann", "description": LONG[1:]}).status_code == 201


def test_the_length_is_a_setting(api_client, url, settings):
    settings.STORE_REVIEW_LENGTH = 3
    assert api_client.post(url, {"name": "Ann", "description": "four"}).status_code == 400
    assert api_client.post(url, {"name": "Ann", "description": "ten"}).status_code == 201


def test_one_of_before_is_read_and_changed(api_client, authenticate, make_review, url):
    review = make_review(LONG)
    authenticate(is_staff=True)
    path = f"{url}{review.pk}/"
    assert api_client.get(path).json()["description"] == LONG
    assert api_client.patch(path, {"rating": 3}).status_code == 200
    assert api_client.patch(path, {"description": LONG}).status_code == 400
    review.refresh_from_db()
    assert (review.rating, review.description) == (3, LONG)


def follow(client, url):
    """Return the pages of a list by their links."""
    pages = []
    while url:
        response = client.get(url)
        assert response.status_code == 200
        pages.append([row["id"] for row in response.json()])
        link = response.get("Link", "")
        url = link[1:].partition(">")[0] if 'rel="next"' in link.partition(",")[0] else None
    return pages


def test_pages_end_before_they_are_too_long(api_client, make_review, url, settings):
    settings.PAGE_BYTES = 25_000
    reviews = [make_review(LONG) for _ in range(4)] + [make_review()]
    newest_first = [review.pk for review in reversed(reviews)]
    # Of é each counts twice, and a page has two of them at most.
    assert follow(api_client, url) == [newest_first[:3], newest_first[3:]]


def test_a_page_has_one_row_at_least(api_client, make_review, url, settings):
    settings.PAGE_BYTES = 10
    keys = [make_review(LONG).pk for _ in range(2)]
    assert follow(api_client, url) == [[key] for key in reversed(keys)]


def test_no_more_is_read_than_is_shown(api_client, make_review, url, settings):
    settings.PAGE_BYTES = 12_000
    for _ in range(5):
        make_review(LONG)
    with CaptureQueriesContext(connection) as queries:
        assert len(api_client.get(url).json()) == 1
    # The product, the page, and the texts that its length in characters lets in.
    assert len(queries) == 4


def test_short_ones_are_read_along(api_client, make_review, url, django_assert_num_queries):
    for _ in range(3):
        make_review(LONG[1:])
    with django_assert_num_queries(2):
        assert [row["description"] for row in api_client.get(url).json()] == [LONG[1:]] * 3
