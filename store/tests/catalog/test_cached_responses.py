"""What the cache gives visitors is what the views say, and what is particular is the views' to say."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.db import DatabaseError, connections
from django.test import AsyncClient
from model_bakery import baker
from prometheus_client import REGISTRY
from rest_framework.response import Response

from store.catalog_cache import middleware
from store.filters import ProductFilter

pytestmark = [pytest.mark.django_db, pytest.mark.cache]

LIST = "/store/products/"
AN_ID = "8b0fcc2b-1f3c-4b0e-9a55-0f6f6a3f5d1c"
# A value for every filter that keeps some of the products and leaves out others.
FILTERS = {
    "collection_id": "{collection}",
    "collection": "{collection}",
    "unit_price__gt": "11.5",
    "unit_price__lt": "11.5",
    "price_min": "12",
    "price_max": "12.00",
    "in_stock": "true",
    "tag": "sale",
    "rating_min": "4",
    "sku": "cup-1",
    "slug": "product-2",
    "ids": "{product}",
    "featured": "true",
}
# Their lists change without a version of the catalogue.
# A list of one product is soon made; those of all SKUs would drive what is read often out of the memory.
UNCACHED = {"in_stock", "tag", "rating_min", "sku", "slug", "ids", "featured"}
PAGES = [
    "",
    "?page=2",
    "?page=",
    "?page=3&page_size=2",
    "?page_size=many",
    "?search=cup",
    "?ordering=-unit_price",
    "?ordering=title,-last_update",
    "?price_min=11&ordering=unit_price&page=2&page_size=3&search=cup",
    "?color=red&page=2",
    "?search=%C3%A9+%26",
]


@pytest.fixture
def again(api_client):
    """Read a list until it is cached, then ask once more with these headers; return the response."""

    def again(url=LIST, method="get", **headers):
        for _ in range(2):
            api_client.get(url)
        return getattr(api_client, method)(url, headers=headers)

    return again


def is_cached(response):
    return not isinstance(response, Response)


class TestRefusals:
    """What is not everybody's, or no JSON, is asked of the view."""

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"authorization": "JWT nonsense"}, 401),
            ({"authorization": "Basic x"}, 200),
            ({"cookie": "sessionid=abc"}, 200),
            ({"accept": "text/html"}, 200),
            ({"accept": "application/xml"}, 406),
            ({"accept": "text/plain"}, 406),
            ({"host": "elsewhere.example"}, 400),
        ],
        ids=str,
    )
    def test_by_header(self, again, products, headers, status):
        response = again(**headers)

        assert response.status_code == status
        # Django refuses a host before any view is asked.
        assert not is_cached(response) or status == 400

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("products/?page=0", 404),
            ("products/?page=3", 404),
            ("products/?unit_price__gt=cheap", 400),
            ("products/?collection_id=0", 400),
            ("products/?search=%00", 400),
            ("products/?format=api", 200),
            ("products/?%66ormat=api", 200),
            ("products/?%66ormat=none", 404),
            ("products/0/", 404),
            (f"products/{2**63}/", 404),
            ("products/0/images/", 404),
            ("collections/0/", 404),
        ],
    )
    def test_by_address(self, again, products, path, status):
        response = again(f"/store/{path}")

        assert (response.status_code, is_cached(response)) == (status, False)

    @pytest.mark.parametrize("method", ["options", "post"])
    def test_by_method(self, again, products, method):
        assert not is_cached(again(method=method))

    def test_with_the_database_away_it_is_the_view_that_says_so(self, again, products, monkeypatch):
        assert is_cached(again())

        def fail(*args):
            raise DatabaseError

        monkeypatch.setattr(middleware, "catalog_version", fail)
        assert not is_cached(again())


def test_every_filter_has_an_example():
    assert FILTERS.keys() == ProductFilter.base_filters.keys() - {"q", "liked"}


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter(read, uncached, products, collection, name):
    collection.featured_product = products[0]
    collection.save(update_fields=["featured_product"])
    value = FILTERS[name].format(collection=collection.pk, product=products[0].pk)
    url = f"{LIST}?{name}={value}"

    first, second = read(url), read(url)

    assert 0 < first.json()["count"] < len(products)
    assert first.content == second.content
    assert first.json() == uncached(url).json()
    assert is_cached(second) is (name not in UNCACHED)


@pytest.mark.parametrize("query", PAGES)
def test_every_page(cached, uncached, products, query):
    url = f"{LIST}{query}"

    assert cached(url).json() == uncached(url).json()


@pytest.mark.parametrize(
    "path",
    [
        "products/{0.pk}/",
        "products.json",
        "collections/",
        "collections/{0.collection_id}/",
        "products/{0.pk}/images/",
    ],
)
def test_every_read(cached, read, uncached, products, path):
    url = f"/store/{path.format(products[0])}"
    first, response = read(url), cached(url)

    assert response.json() == uncached(url).json()
    assert response.content == first.content
    # The id of a request is its own.
    names = {*first.headers} - {"X-Request-ID"}
    assert {name: response[name] for name in names} == {name: first[name] for name in names}


def test_a_plain_array_keeps_its_neighbours(cached, uncached, db):
    baker.make("store.Collection", _quantity=101)

    assert cached("/store/collections/")["Link"] == uncached("/store/collections/")["Link"]


def test_head_says_what_get_would(again, products):
    get, head = again(), again(method="head")

    assert is_cached(head)
    assert (head.status_code, head.content) == (200, b"")
    assert (head["ETag"], head["Content-Length"]) == (get["ETag"], get["Content-Length"])


def test_what_did_not_change_is_not_sent_again(again, products):
    tag = again()["ETag"]

    assert again(**{"if-none-match": tag}).status_code == 304
    assert again(**{"if-none-match": '"another"'}).status_code == 200


def test_links_name_the_host_that_was_asked(api_client, products, settings):
    settings.ALLOWED_HOSTS = ["one.example.com", "two.example.com"]

    for host in settings.ALLOWED_HOSTS * 2:
        body = api_client.get(LIST, headers={"host": host}).json()
        assert body["next"] == f"http://{host}{LIST}?page=2"
        assert body["results"][0]["images"][0]["image"].startswith(f"http://{host}/media/")


def test_a_request_has_an_id_and_is_counted(again, products):
    labels = {"view": "product-list", "method": "GET", "status": "2xx"}
    again()
    before = REGISTRY.get_sample_value("storefront_http_requests_total", labels)

    response = again(**{"x-request-id": AN_ID})

    assert is_cached(response)
    assert response["X-Request-ID"] == AN_ID
    assert REGISTRY.get_sample_value("storefront_http_requests_total", labels) == before + 3


def test_nothing_is_cached_without_memory(settings, read, products):
    settings.STORE_CATALOG_MEMORY = 0

    assert [is_cached(read(LIST)) for _ in range(3)] == [False] * 3


def test_what_is_larger_than_the_memory_is_not_cached(settings, read, products, monkeypatch):
    settings.STORE_CATALOG_MEMORY = 1
    products[0].description = "long " * 300_000
    products[0].save()

    assert [is_cached(read(LIST)) for _ in range(3)] == [False] * 3
    assert is_cached([read(f"{LIST}{products[1].pk}/") for _ in range(2)][1])


@pytest.mark.django_db(transaction=True)
def test_under_asgi_too(products):
    async def visit():
        client = AsyncClient()
        responses = [await client.get(LIST) for _ in range(2)]
        # Of the thread in which the views ran.
        await sync_to_async(connections.close_all)()
        return responses

    first, second = asyncio.run(visit())

    assert (is_cached(first), is_cached(second)) == (False, True)
    assert first.content == second.content
