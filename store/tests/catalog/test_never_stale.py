"""Whatever changes the catalogue, in whatever way, the next read shows it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import transaction
from django.utils import timezone
from model_bakery import baker

from store.models import Collection, Product, Promotion, Version
from store.services.catalog import delete_collection
from store.services.orders import delete_order

from .changes import CHANGES, NOON, kitchen, order, save

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_shows_at_once(kept, serialized, shelf, name):
    lists = ["/store/products/", "/store/products/?ordering=-title"]
    one = f"/store/products/{shelf.pk}/"
    # Twice: the second one comes from memory.
    before = {url: [kept(url).json(), kept(url).json()] for url in [*lists, one]}

    CHANGES[name]()

    for url in lists:
        after = kept(url).json()
        assert after not in before[url]
        assert after == serialized(url).json() == kept(url).json()
    if Product.objects.filter(pk=shelf.pk).exists():
        assert kept(one).json() == serialized(one).json()


@pytest.mark.parametrize("name", ["create", "bulk create", "delete", "plain insert"])
def test_collections_count_anew(kept, shelf, name):
    assert kept("/store/collections/").json()[0]["products_count"] == 2

    CHANGES[name]()

    number = Product.objects.count()
    assert kept("/store/collections/").json()[0]["products_count"] == number
    assert kept(f"/store/collections/{kitchen().pk}/").json()["products_count"] == number


def test_a_moved_product_is_counted_where_it_is(kept, shelf):
    garden = baker.make(Collection, title="Garden")
    url = f"/store/products/?collection={garden.pk}"
    assert kept(url).json()["count"] == 0

    Product.objects.filter(pk=shelf.pk).update(collection=garden)

    assert kept(url).json()["count"] == 1
    assert [row["products_count"] for row in kept("/store/collections/").json()] == [1, 1]


def test_a_deleted_collection_is_an_unknown_one(kept, api_client, shelf):
    garden = baker.make(Collection, title="Garden")
    url = f"/store/products/?collection={garden.pk}"
    kept(url)

    delete_collection(collection=garden)

    assert api_client.get(url).status_code == 400
    assert [row["title"] for row in kept("/store/collections/").json()] == ["Kitchen"]


def test_stock_that_an_order_gives_back_shows(kept, shelf):
    url = f"/store/products/{shelf.pk}/"
    placed = order(quantity=4)
    assert kept(url).json()["inventory"] == 6

    delete_order(order=placed)

    assert kept(url).json()["inventory"] == 10


def test_what_is_sold_out_leaves_the_list_of_what_is_in_stock(kept, shelf):
    url = "/store/products/?in_stock=true"
    assert kept(url).json()["count"] == 2

    order(quantity=10)

    assert kept(url).json()["count"] == 1


@pytest.mark.parametrize(("moment", "price"), [(0, 10), (1, 8), (2, 8), (3, 10)])
def test_a_promotion_begins_and_ends_without_a_write(monkeypatch, kept, shelf, moment, price):
    hours = [NOON + timedelta(hours=hour) for hour in range(4)]
    Promotion.objects.update(starts_at=hours[1], ends_at=hours[3])
    url = f"/store/products/{shelf.pk}/"
    for now in hours[: moment + 1]:
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        shown = kept(url).json()["price"]

    assert shown == price


def test_a_rolled_back_change_never_shows(kept, shelf):
    url = "/store/products/"
    before = kept(url).json()

    with transaction.atomic():
        save(title="Kettle")
        assert kept(url).json() != before
        transaction.set_rollback(True)

    assert kept(url).json() == before


def test_nothing_is_kept_of_rows_that_no_write_has_vouched_for(
    kept, shelf, django_assert_num_queries
):
    Version.objects.all().delete()
    kept("/store/products/")

    # The state of the catalogue, the promotions and their next dates, the page with its pictures and
    # promotions, the count.
    with django_assert_num_queries(8):
        kept("/store/products/")


class SigningStorage(FileSystemStorage):
    """Signs each link anew, as S3 does for a private bucket."""

    querystring_auth = True

    def url(self, name):
        return f"{super().url(name)}?signature={uuid4()}"


@pytest.mark.parametrize("path", ["", "{0.pk}/", "{0.pk}/images/"])
def test_links_that_expire_are_not_kept(kept, shelf, settings, path):
    signing = {"BACKEND": f"{__name__}.SigningStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": signing}
    url = f"/store/products/{path.format(shelf)}"

    answers = [kept(url).content for _ in range(3)]

    assert b"signature=" in answers[0]
    assert len({*answers}) == 3
