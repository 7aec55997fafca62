"""Whatever changes the catalogue, in whatever way, the next read shows it."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import management, serializers
from django.core.files.storage import FileSystemStorage
from django.db import connection, transaction
from django.utils import timezone
from model_bakery import baker

from store import cache_versions
from store.models import Collection, Product, Promotion
from store.services.catalog import delete_collection
from store.services.orders import delete_order

from .changes import CHANGES, NOON, kitchen, order, save

pytestmark = [pytest.mark.django_db, pytest.mark.cache]


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_shows_at_once(read, uncached, shelf, name):
    lists = ["/store/products/", "/store/products/?ordering=-title"]
    one = f"/store/products/{shelf.pk}/"
    # Twice: the second one comes from memory.
    before = {url: [read(url).json(), read(url).json()] for url in [*lists, one]}

    CHANGES[name]()

    for url in lists:
        after = read(url).json()
        assert after not in before[url]
        assert after == uncached(url).json() == read(url).json()
    if Product.objects.filter(pk=shelf.pk).exists():
        assert read(one).json() == uncached(one).json()


@pytest.mark.parametrize("name", ["create", "bulk create", "delete", "plain insert"])
def test_collections_are_counted_again(read, shelf, name):
    assert read("/store/collections/").json()[0]["products_count"] == 2

    CHANGES[name]()

    number = Product.objects.count()
    assert read("/store/collections/").json()[0]["products_count"] == number
    assert read(f"/store/collections/{kitchen().pk}/").json()["products_count"] == number


def test_a_moved_product_is_counted_where_it_is(read, shelf):
    garden = baker.make(Collection, title="Garden")
    url = f"/store/products/?collection={garden.pk}"
    assert read(url).json()["count"] == 0

    Product.objects.filter(pk=shelf.pk).update(collection=garden)

    assert read(url).json()["count"] == 1
    assert [row["products_count"] for row in read("/store/collections/").json()] == [1, 1]


def test_a_deleted_collection_is_an_unknown_one(read, api_client, shelf):
    garden = baker.make(Collection, title="Garden")
    url = f"/store/products/?collection={garden.pk}"
    read(url)

    delete_collection(collection=garden)

    assert api_client.get(url).status_code == 400
    assert [row["title"] for row in read("/store/collections/").json()] == ["Kitchen"]


def test_stock_that_an_order_gives_back_shows(read, shelf):
    url = f"/store/products/{shelf.pk}/"
    placed = order(quantity=4)
    assert read(url).json()["inventory"] == 6

    delete_order(order=placed)

    assert read(url).json()["inventory"] == 10


def test_what_is_sold_out_leaves_the_list_of_what_is_in_stock(read, shelf):
    url = "/store/products/?in_stock=true"
    assert read(url).json()["count"] == 2

    order(quantity=10)

    assert read(url).json()["count"] == 1


@pytest.mark.parametrize(("moment", "price"), [(0, 10), (1, 8), (2, 8), (3, 10)])
def test_a_promotion_begins_and_ends_without_a_write(monkeypatch, read, shelf, moment, price):
    hours = [NOON + timedelta(hours=hour) for hour in range(4)]
    Promotion.objects.update(starts_at=hours[1], ends_at=hours[3])
    url = f"/store/products/{shelf.pk}/"
    for now in hours[: moment + 1]:
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        shown = read(url).json()["price"]

    assert shown == price


def test_a_rolled_back_change_never_shows(read, shelf):
    url = "/store/products/"
    before = read(url).json()

    with transaction.atomic():
        save(title="Kettle")
        assert read(url).json() != before
        transaction.set_rollback(True)

    assert read(url).json() == before


@pytest.mark.parametrize(
    ("path", "statement", "shown"),
    [
        ("products/", "UPDATE store_product SET unit_price = 66", '"unit_price":66.0'),
        ("products/{0.pk}/", "UPDATE store_productimage SET image = 'new.png'", "new.png"),
        ("products/{0.pk}/", "DELETE FROM store_productimage", '"images":[]'),
        ("collections/", "UPDATE store_collection SET title = 'Garden'", "Garden"),
        ("products/?search=pan", "UPDATE store_product SET title = 'Pan'", '"count":2'),
        ("products/", "UPDATE store_promotion SET discount = 0.5", '"price":5.0'),
    ],
)
def test_what_plain_sql_writes_shows_within_seconds(
    monkeypatch, cached, read, shelf, settings, path, statement, shown
):
    # At the start of a period.
    clock = [100.0]
    monkeypatch.setattr(cache_versions, "monotonic", lambda: clock[0])
    settings.STORE_CATALOG_CACHE_SECONDS = 5
    url = f"/store/{path.format(shelf)}"
    before = cached(url).content.decode()
    assert shown not in before

    with connection.cursor() as cursor:
        cursor.execute(statement)

    clock[0] += 4.9
    assert read(url).content.decode() == before
    clock[0] += 0.2
    assert shown in read(url).content.decode()


def test_what_is_made_of_something_cached_is_no_older(monkeypatch, read, uncached, shelf, settings):
    clock = [100.0]
    monkeypatch.setattr(cache_versions, "monotonic", lambda: clock[0])
    settings.STORE_CATALOG_CACHE_SECONDS = 5
    url = "/store/products/?price_min=5"
    # Counts the list, and no response is stored.
    assert uncached(url).json()["count"] == 2
    with connection.cursor() as cursor:
        cursor.execute("UPDATE store_product SET unit_price = 4 WHERE title = 'Pan'")

    clock[0] += 4.9
    assert read(url).json()["count"] == 2
    clock[0] += 0.2
    assert read(url).json()["count"] == 1


def test_what_migrate_and_loaddata_write_shows_at_once(cached, read, shelf, tmp_path):
    before = cached("/store/products/").content
    fixture = tmp_path / "shelf.json"
    rows = json.loads(serializers.serialize("json", Product.objects.filter(pk=shelf.pk)))
    rows[0]["fields"]["title"] = "Kettle"
    fixture.write_text(json.dumps(rows))

    management.call_command("loaddata", str(fixture), verbosity=0)

    after = read("/store/products/").content
    assert b"Kettle" in after
    with connection.cursor() as cursor:
        # As a data migration does, whose models know nothing of versions.
        cursor.execute("UPDATE store_product SET title = 'Jug'")
    management.call_command("migrate", verbosity=0)
    assert b"Jug" in read("/store/products/").content
    assert before != after


class SigningStorage(FileSystemStorage):
    """Signs each link again, as S3 does for a private bucket."""

    querystring_auth = True

    def url(self, name):
        return f"{super().url(name)}?signature={uuid4()}"


@pytest.mark.parametrize("path", ["", "{0.pk}/", "{0.pk}/images/"])
def test_links_that_expire_are_not_read(read, shelf, settings, path):
    signing = {"BACKEND": f"{__name__}.SigningStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": signing}
    url = f"/store/products/{path.format(shelf)}"

    responses = [read(url).content for _ in range(3)]

    assert b"signature=" in responses[0]
    assert len({*responses}) == 3
