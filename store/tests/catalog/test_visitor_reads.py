"""What visitors get past the serializers, or from memory, is what the serializers would say."""

import pytest
from model_bakery import baker
from rest_framework.response import Response

from store.filters import ProductFilter
from store.serializers.catalog import ProductSerializer

pytestmark = pytest.mark.django_db

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
}
PAGES = [
    "",
    "?page=2",
    "?page=1",
    "?page=",
    "?page=3&page_size=2",
    "?page_size=100",
    "?page_size=0",
    "?page_size=many",
    "?search=cup",
    "?search=",
    "?q=cup",
    "?ordering=-unit_price",
    "?ordering=title,-last_update",
    "?ordering=inventory",
    "?price_min=11&ordering=unit_price&page=2&page_size=3&search=cup",
    "?color=red&page=2",
    "?search=%C3%A9+%26",
]


def test_every_filter_has_an_example():
    assert FILTERS.keys() == ProductFilter.base_filters.keys() - {"q"}


def test_every_filter(kept, serialized, products, collection, subtests):
    for name in FILTERS:
        with subtests.test(name=name):
            url = f"/store/products/?{name}={FILTERS[name].format(collection=collection.pk)}"

            answer = kept(url).json()

            assert 0 < answer["count"] < len(products)
            assert answer == serialized(url).json() == kept(url).json()


def test_every_page(kept, serialized, products, subtests):
    for query in PAGES:
        with subtests.test(query=query):
            url = f"/store/products/{query}"

            answer = kept(url).json()

            assert answer == serialized(url).json() == kept(url).json()


def test_every_field(kept, serialized, products):
    fields = set(ProductSerializer().fields)

    for product in products:
        url = f"/store/products/{product.pk}/"
        answer = kept(url).json()
        assert answer.keys() == fields
        assert answer == serialized(url).json() == kept(url).json()
        assert kept(url).data == serialized(url).data


@pytest.mark.parametrize(
    "path", ["collections/", "collections/{0.collection_id}/", "products/{0.pk}/images/"]
)
def test_other_reads_of_the_catalogue(kept, serialized, products, path):
    url = f"/store/{path.format(products[0])}"

    answer = kept(url)

    assert answer.json() == serialized(url).json() == kept(url).json()
    assert answer.data == serialized(url).data
    assert answer["Allow"] == serialized(url)["Allow"]


def test_a_plain_array_keeps_its_neighbours(kept, serialized, db):
    baker.make("store.Collection", _quantity=101)

    assert kept("/store/collections/")["Link"] == serialized("/store/collections/")["Link"]


def test_all_else_is_the_views(api_client, products, subtests):
    for path, status in [
        ("products/?page=0", 404),
        ("products/?page=3", 404),
        ("products/?page=last", 200),
        ("products/?page=²", 404),
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
    ]:
        with subtests.test(path=path, status=status):
            response = api_client.get(f"/store/{path}")

            assert isinstance(response, Response)
            assert response.status_code == status


def test_head_says_what_get_would(api_client, products):
    get, head = api_client.get("/store/products/"), api_client.head("/store/products/")

    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == get["ETag"]
    assert head["Content-Length"] == get["Content-Length"]


def test_links_name_the_host_that_was_asked(kept, api_client, products, settings):
    settings.ALLOWED_HOSTS = ["one.example.com", "two.example.com"]

    for host in settings.ALLOWED_HOSTS:
        body = api_client.get("/store/products/", headers={"host": host}).json()
        assert body["next"] == f"http://{host}/store/products/?page=2"
        assert body["results"][0]["images"][0]["image"].startswith(f"http://{host}/media/")


def test_nothing_is_kept_without_memory(settings, kept, products, django_assert_num_queries):
    settings.STORE_CATALOG_MEMORY = 0
    first = kept("/store/products/").json()

    with django_assert_num_queries(4):
        assert kept("/store/products/").json() == first
