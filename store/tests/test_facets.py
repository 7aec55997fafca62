"""`products/facets/`: what a list can be narrowed by."""

from decimal import Decimal
from time import time

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from model_bakery import baker

from likes.models import LikedItem
from store.models import Collection, Product, Review
from store.search_limits import searches
from store.services.facets import bands_over, place
from tags.models import Tag, TaggedItem

# MariaDB finds words of what is committed.
pytestmark = pytest.mark.django_db(transaction=connection.vendor == "mysql")

URL = "/store/products/facets/"


@pytest.fixture(autouse=True)
def _nothing_kept():
    yield
    cache.clear()


@pytest.fixture
def shelf(make_product):
    """Two cups and a pot, and what is counted of them."""
    pots = baker.make(Collection, title="Pots")
    cup = make_product(title="Cup", unit_price=5, inventory=0)
    tea = make_product(title="Tea cup", unit_price="19.99")
    pot = make_product(title="Pot", unit_price=20, collection=pots)
    make_product(title="Draft cup", unit_price=1000, is_published=False)
    content_type = ContentType.objects.get_for_model(Product)
    for label, products in {"sale": [cup, pot], "new": [tea]}.items():
        tag = baker.make(Tag, label=label)
        for product in products:
            TaggedItem.objects.create(tag=tag, content_type=content_type, object_id=product.pk)
    for product, rating in [(cup, 4), (cup, 5), (pot, 2)]:
        baker.make(Review, product=product, rating=rating)
    return {"cup": cup, "tea": tea, "pot": pot}


def unquoted(sql):
    return sql.replace('"', "").replace("`", "")


@pytest.fixture
def facets(api_client):
    def facets(query=""):
        response = api_client.get(f"{URL}?{query}")
        assert response.status_code == 200, response.json()
        return response.json()

    return facets


def test_count_what_is_published(facets, shelf):
    kitchen, pots = shelf["cup"].collection_id, shelf["pot"].collection_id
    assert facets() == {
        "collections": [
            {"id": kitchen, "title": "Kitchen", "count": 2},
            {"id": pots, "title": "Pots", "count": 1},
        ],
        "tags": [{"label": "sale", "count": 2}, {"label": "new", "count": 1}],
        "prices": [
            {"min": 5, "max": 9.99, "count": 1},
            {"min": 10, "max": 19.99, "count": 1},
            {"min": 20, "max": 49.99, "count": 1},
        ],
        "ratings": [
            {"min": 5, "count": 0},
            {"min": 4, "count": 1},
            {"min": 3, "count": 1},
            {"min": 2, "count": 2},
            {"min": 1, "count": 2},
        ],
        "in_stock": {"true": 2, "false": 1},
        "price": {"min": 5, "max": 20},
    }


def test_each_without_its_own_filter(facets, shelf):
    pots = shelf["pot"].collection_id
    body = facets(f"collection={pots}&tag=sale&price_min=20&rating_min=1&in_stock=true")
    assert [row["title"] for row in body["collections"]] == ["Pots"]
    assert body["tags"] == [{"label": "sale", "count": 1}]
    body = facets("tag=sale")
    assert len(body["tags"]) == 2
    assert body["price"] == {"min": 5, "max": 20}
    body = facets("price_min=19.99&price_max=19.99")
    assert [row["count"] for row in body["prices"]] == [1, 1, 1]
    assert [row["title"] for row in body["collections"]] == ["Kitchen"]
    assert body["in_stock"] == {"true": 1, "false": 0}


@pytest.mark.parametrize("query", ["search=cup", "q=cup", "sku=&search=cup&ordering=nothing"])
def test_of_what_is_searched_for(facets, shelf, query):
    assert [row["count"] for row in facets(query)["collections"]] == [2]
    assert facets(query)["price"] == {"min": 5, "max": 19.99}


def test_every_choice_leaves_as_many_products(api_client, facets, shelf):
    body = facets()
    queries = {
        **{f"collection={row['id']}": row["count"] for row in body["collections"]},
        **{f"tag={row['label']}": row["count"] for row in body["tags"]},
        **{
            f"price_min={row['min']}&price_max={row['max']}": row["count"] for row in body["prices"]
        },
        **{f"rating_min={row['min']}": row["count"] for row in body["ratings"]},
        **{f"in_stock={value}": count for value, count in body["in_stock"].items()},
    }
    found = {
        query: api_client.get(f"/store/products/?{query}").json()["count"] for query in queries
    }
    assert found == queries


def test_tags_that_a_database_may_take_for_one_are_counted_apart(facets, make_product):
    labels = ["resume", "résumé", "😀", "🛒"]
    for label in labels:
        item = TaggedItem(tag=baker.make(Tag, label=label), content_object=make_product())
        item.save()
    assert sorted(facets()["tags"], key=lambda row: row["label"]) == [
        {"label": label, "count": 1} for label in labels
    ]


def test_of_nothing(facets):
    body = facets("search=nothing")
    assert (body["collections"], body["prices"], body["tags"]) == ([], [], [])
    assert body["price"] == {"min": None, "max": None}


@pytest.mark.parametrize("query", ["price_min=x", "collection=9999", "ids=x", "liked=x"])
def test_refuse_what_the_list_refuses(api_client, shelf, query):
    refused, listed = (api_client.get(f"{url}?{query}") for url in (URL, "/store/products/"))
    assert (refused.status_code, refused.json()) == (400, listed.json())


@pytest.mark.parametrize("query", ["q=cup", "q=saucre", "q=cuppa teapto&search=cup", "search=cup"])
def test_what_is_searched_for_is_looked_up_once(facets, shelf, query):
    facets(query)
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        facets(query)
    sql = [each["sql"] for each in asked.captured_queries]
    # As each is, and as each may be meant.
    assert sum("store_word" in each and "reversed" in each for each in sql) <= 2
    titles = [each for each in sql if " FROM store_collection" in unquoted(each)]
    assert len(titles) <= 3
    assert sum("MIN(" in each for each in sql) == 1


def test_a_long_search_asks_no_more_than_a_short_one(facets, shelf):
    asked = []
    for words in (["cu"], [f"c{number}" for number in range(60)]):
        with CaptureQueriesContext(connection) as queries:
            facets(f"search={'+'.join(words)}")
        asked.append(len(queries))
    assert asked[1] <= asked[0]


def test_all_facets_together_have_one_limit(api_client, shelf, settings, monkeypatch):
    settings.STORE_REPORT_SECONDS = 10
    clock = iter(range(0, 1000, 4))
    monkeypatch.setattr("store.services.facets.monotonic", lambda: next(clock))
    response = api_client.get(URL)
    assert (response.status_code, response.json()["code"]) == (503, "facets_too_slow")


def test_a_slow_search_waits_for_the_others(api_client, shelf, monkeypatch):
    monkeypatch.setattr(searches, "seconds", 0.01)
    with searches.lock:
        response = api_client.get(f"{URL}?search=c")
        assert api_client.get(f"{URL}?q=cup").status_code == 200
    assert (response.status_code, response.json()["code"]) == (503, "search_busy")
    assert api_client.get(f"{URL}?search=c").status_code == 200


class TestKept:
    def test_for_some_seconds_and_the_age_is_told(self, api_client, shelf, settings, monkeypatch):
        first = api_client.get(URL)
        Product.objects.filter(title="Pot").update(unit_price=500)
        later = time() + 7
        monkeypatch.setattr("store.services.facets.time", lambda: later)
        again = api_client.get(URL)
        assert (first["Age"], again["Age"]) == ("0", "7")
        assert again.json() == first.json()
        cache.clear()
        assert api_client.get(URL).json()["price"]["max"] == 500

    def test_staff_and_others_get_their_own(self, api_client, authenticate, facets, shelf):
        assert facets()["price"]["max"] == 20
        authenticate(is_staff=True)
        assert facets()["price"]["max"] == 1000

    def test_of_likes_each_user_gets_their_own(self, sign_in, facets, shelf):
        content_type = ContentType.objects.get_for_model(Product)
        for name, liked in [("ann", "cup"), ("bob", "pot")]:
            user = sign_in(name)
            key = shelf[liked].pk
            LikedItem.objects.create(user=user, content_type=content_type, object_id=key)
            price = float(shelf[liked].unit_price)
            assert facets("liked=true")["price"] == {"min": price, "max": price}

    def test_one_that_waits_too_long_is_told_when_to_come_again(
        self, api_client, shelf, monkeypatch
    ):
        monkeypatch.setattr(place, "seconds", 0.01)
        with place.taken():
            response = api_client.get(URL)
        assert (response.status_code, response.json()["code"]) == (503, "facets_busy")
        assert response["Retry-After"] == "3"


@pytest.mark.parametrize(
    ("low", "high"), [(5, 5), (1, 100), ("19.99", "20"), (1, "99999999.99"), ("99999999.99",) * 2]
)
def test_bands_are_of_round_numbers_and_hold_every_price(low, high):
    bands = bands_over(Decimal(low), Decimal(high))
    assert len(bands) <= 8
    assert bands[0][0] <= Decimal(low)
    assert bands[-1][1] >= Decimal(high)
    for before, after in zip(bands, bands[1:], strict=False):
        assert after[0] - before[1] == Decimal("0.01")


@pytest.mark.parametrize("query", ["q=cup", "search=cup", "q=cup&search=tea cup"])
def test_count_the_ratings_of_what_is_searched(facets, shelf, query):
    baker.make(Review, product=shelf["tea"], rating=5)
    found = 1 if "tea" in query else 2
    assert facets(query)["ratings"][0] == {"min": 5, "count": 1}
    assert sum(row["count"] for row in facets(query)["tags"]) == found
