"""Pages far down a list, which start at the bookmarks that earlier ones left."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from store.models import Product
from store.pagination import listings

pytestmark = pytest.mark.django_db
ORDERINGS = ["", "title", "-title", "unit_price", "-unit_price", "-last_update"]


@pytest.fixture
def shelf(monkeypatch, collection):
    """Forty products, many of them alike, in a shop where the fifth row is far."""
    monkeypatch.setattr(listings, "FAR", 4)
    Product.objects.bulk_create(
        Product(
            title=f"{'Cup' if number % 2 else 'CUP'} {number % 3}",
            slug="cup",
            unit_price=10 + number % 4,
            inventory=1,
            collection=collection,
        )
        for number in range(40)
    )


@pytest.fixture
def unpaged(read, monkeypatch):
    """Read a page as if no row were far."""

    def unpaged(url):
        with monkeypatch.context() as patch:
            patch.setattr(listings, "FAR", 10**9)
            return read(url)

    return unpaged


def url(page, ordering="", query=""):
    return f"/store/products/?page_size=3&page={page}&ordering={ordering}&{query}"


@pytest.mark.parametrize("ordering", ORDERINGS)
@pytest.mark.parametrize("pages", [range(1, 15), range(14, 0, -1), [9, 4, 14, 9, 10, 3]])
def test_show_the_same_rows_in_whatever_order_they_are_read(read, unpaged, shelf, ordering, pages):
    field = ordering or "title"
    key = "-id" if field.startswith("-") else "id"
    expected = [*Product.objects.order_by(field, key).values_list("pk", flat=True)]

    for page in pages:
        rows = read(url(page, ordering)).json()["results"]
        assert [row["id"] for row in rows] == expected[3 * page - 3 : 3 * page]


def test_start_at_the_nearest_bookmark(read, shelf):
    read(url(9))

    with CaptureQueriesContext(connection) as queries:
        read(url(11))

    keys = [query["sql"] for query in queries if "OFFSET" in query["sql"]]
    # Page 9 begins 24 rows down, page 11 six further.
    assert [sql.endswith("LIMIT 3 OFFSET 6") for sql in keys] == [True]


@pytest.mark.parametrize("ordering", ["", "title,-unit_price"])
@pytest.mark.parametrize("query", ["search=cup 1", "price_min=12", "in_stock=true"])
def test_of_lists_of_any_kind(read, unpaged, shelf, ordering, query):
    for page in (4, 3, 5, 4):
        address = url(page, ordering, query)
        assert read(address).json() == unpaged(address).json()


def test_a_change_takes_the_bookmarks_away(read, unpaged, shelf):
    for page in (9, 10):
        read(url(page))

    Product.objects.filter(pk__in=Product.objects.values_list("pk", flat=True)[:5:2]).delete()

    for page in (9, 10):
        assert read(url(page)).json() == unpaged(url(page)).json()


def test_only_so_many_bookmarks_are_left(read, unpaged, shelf, monkeypatch):
    monkeypatch.setattr(listings, "BOOKMARKS", 2)

    for page in (5, 7, 9, 11, 9):
        assert read(url(page)).json() == unpaged(url(page)).json()


def test_beyond_the_last_page_there_is_nothing(api_client, shelf):
    assert api_client.get(url(14)).status_code == 200
    assert api_client.get(url(15)).status_code == 404
