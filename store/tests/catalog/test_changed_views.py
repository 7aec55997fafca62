"""Views that a developer of the shop changes are cached as far as they can be, and none fails for it."""

from datetime import timedelta

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django_filters import rest_framework as filters
from rest_framework.response import Response
from rest_framework.serializers import BooleanField

from store.catalog_cache import middleware
from store.catalog_cache.responses import CachedResponse, Generation
from store.filters import ProductFilter
from store.models import Product
from store.serializers import ProductSerializer
from store.views import ProductViewSet

pytestmark = [pytest.mark.django_db, pytest.mark.cache]
LIST = "/store/products/"


class TitleSerializer(ProductSerializer):
    class Meta(ProductSerializer.Meta):
        fields = ["id", "title"]


class InStockSerializer(ProductSerializer):
    in_stock = BooleanField(source="inventory")

    class Meta(ProductSerializer.Meta):
        fields = ["id", "in_stock"]


class ReviewedFilter(ProductFilter):
    reviewed = filters.BooleanFilter(field_name="reviews", lookup_expr="isnull", exclude=True)


def is_cached(response):
    return not isinstance(response, Response)


@pytest.mark.parametrize("path", ["", "{0.pk}/"])
def test_a_body_without_the_stock(monkeypatch, read, shelf, path):
    monkeypatch.setattr(ProductViewSet, "serializer_class", TitleSerializer)
    url = f"{LIST}{path.format(shelf)}"

    assert read(url).json() == read(url).json()


def test_a_body_that_tells_of_the_stock_in_another_way(monkeypatch, read, shelf):
    monkeypatch.setattr(ProductViewSet, "serializer_class", InStockSerializer)
    url = f"{LIST}{shelf.pk}/"
    assert [read(url).json()["in_stock"] for _ in range(2)] == [True, True]

    Product.objects.filter(pk=shelf.pk).update(inventory=0)

    assert read(url).json()["in_stock"] is False


def test_a_list_without_pages(monkeypatch, read, shelf):
    monkeypatch.setattr(ProductViewSet, "pagination_class", None)

    assert len(read(LIST).json()) == len(read(LIST).json()) == 2


def test_a_filter_by_rows_without_versions(monkeypatch, read, shelf):
    monkeypatch.setattr(ProductViewSet, "filterset_class", ReviewedFilter)
    url = f"{LIST}?reviewed=true"
    assert [read(url).json()["count"] for _ in range(2)] == [0, 0]

    shelf.reviews.create(name="Ann", description="Pours well.")

    assert read(url).json()["count"] == 1


@pytest.mark.parametrize("kind", [HttpResponse, StreamingHttpResponse])
def test_a_response_of_another_kind(monkeypatch, api_client, shelf, kind):
    monkeypatch.setattr(ProductViewSet, "list", lambda *args, **kwargs: kind([b"All of them."]))

    for _ in range(2):
        response = api_client.get(LIST)
        assert (response.status_code, response.getvalue()) == (200, b"All of them.")


def test_many_long_addresses_fit_into_the_memory(settings, read, shelf):
    settings.STORE_CATALOG_MEMORY = 1
    urls = [f"{LIST}{shelf.pk}/?{number}={'x' * 300_000}" for number in range(5)]

    for url in urls:
        read(url)

    assert [is_cached(read(url)) for url in reversed(urls)] == [True, True, True, False, False]


def changed_list(monkeypatch, change):
    """Have the list of products change its response before it is sent."""
    plain = ProductViewSet.list

    def changed(self, request, *args, **kwargs):
        response = plain(self, request, *args, **kwargs)
        change(response)
        return response

    monkeypatch.setattr(ProductViewSet, "list", changed)


@pytest.mark.parametrize("control", ["private", "no-store", "max-age=0, private"])
def test_what_the_view_keeps_private(monkeypatch, read, shelf, control):
    changed_list(
        monkeypatch, lambda response: response.headers.__setitem__("Cache-Control", control)
    )

    answers = [read(LIST) for _ in range(2)]

    assert [answer["Cache-Control"] for answer in answers] == [control] * 2
    assert not is_cached(answers[1])


def test_a_response_that_sets_a_cookie(monkeypatch, read, shelf):
    changed_list(monkeypatch, lambda response: response.set_cookie("visitor", "1"))

    for _ in range(2):
        response = read(LIST)
        assert "public" not in response.get("Cache-Control", "")
        assert not is_cached(response)


def test_a_response_that_varies_by_language(monkeypatch, read, shelf):
    changed_list(monkeypatch, lambda response: patch_vary_headers(response, ["Accept-Language"]))

    for _ in range(2):
        response = read(LIST)
        assert "Accept-Language" in response["Vary"]
        assert not is_cached(response)


def test_a_response_is_stored_under_the_version_it_was_made_of(monkeypatch, read, uncached, shelf):
    """Another thread begins a generation while this one stores what is older."""
    door = []
    plain = CachedResponse.of

    def meanwhile(response, *args):
        Product.objects.update(title="Kettle")
        door[0].generation = Generation(middleware.catalog_version(), timezone.now())
        return plain(response, *args)

    store = middleware.CatalogCacheMiddleware.store

    def storing(self, *args):
        door.append(self)
        store(self, *args)

    monkeypatch.setattr(middleware.CatalogCacheMiddleware, "store", storing)
    monkeypatch.setattr(CachedResponse, "of", meanwhile)
    read(LIST)
    monkeypatch.setattr(CachedResponse, "of", plain)

    assert read(LIST).json() == uncached(LIST).json()


def test_a_promotion_that_begins_while_a_response_is_made(monkeypatch, read, shelf):
    noon = timezone.now() + timedelta(days=1)
    shelf.promotions.update(starts_at=noon)
    clock = [noon - timedelta(seconds=1)]
    monkeypatch.setattr(timezone, "now", lambda: clock[0])
    changed_list(monkeypatch, lambda response: clock.__setitem__(0, noon))

    prices = [{row["title"]: row["price"] for row in read(LIST).json()["results"]} for _ in "12"]

    assert [price["Teapot"] for price in prices] == [10, 8]
