"""Whatever changes the catalogue, in whatever way, the next read shows it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core import management
from django.db import connection, transaction
from django.db.models import F, ProtectedError
from django.utils import timezone
from model_bakery import baker
from rest_framework.test import APIClient

from store.models import Cart, Collection, Product, ProductImage, Promotion, Version
from store.models.versions import ASSORTMENT, CATALOG, Versioned, VersionedQuerySet, renew_catalog
from store.services.catalog import delete_collection, delete_product
from store.services.orders import delete_order, place_order

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def teapot():
    return Product.objects.get(slug="teapot")


def kitchen():
    return Collection.objects.get(title="Kitchen")


def save(**fields):
    product = teapot()
    for name, value in fields.items():
        setattr(product, name, value)
    product.save()


def change_in_bulk():
    product = teapot()
    product.unit_price = 77
    Product.objects.bulk_update([product], ["unit_price"])


def order(quantity=1):
    cart = Cart.objects.create()
    cart.items.create(product=teapot(), quantity=quantity)
    user = get_user_model().objects.create(username=str(cart.pk), email=f"{cart.pk}@example.com")
    return place_order(cart_id=cart.pk, user_id=user.pk).order


def patch_by_api():
    staff = APIClient()
    staff.force_authenticate(get_user_model()(is_staff=True))
    assert staff.patch(f"/store/products/{teapot().pk}/", {"unit_price": 55}).status_code == 200


def new_product(**fields):
    return Product(
        title="Cup", slug="cup", unit_price=3, inventory=1, collection=kitchen(), **fields
    )


def insert_by_sql():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO store_product (title, unit_price, inventory, last_update, collection_id, slug)"
            " VALUES ('Bowl', 5, 1, '2026-01-02 03:04:05', %s, 'bowl')",
            [kitchen().pk],
        )


def update_by_sql():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE store_product SET unit_price = 66")
    management.call_command("renew_catalog")


# Each changes what a shelf of two products, a picture and a running promotion shows.
CHANGES = {
    "save": lambda: save(title="Kettle"),
    "save of one field": lambda: Product(pk=teapot().pk, unit_price=44).save(
        update_fields=["unit_price"]
    ),
    "stock": lambda: save(inventory=3),
    "update": lambda: Product.objects.update(unit_price=33),
    "update of the stock": lambda: Product.objects.update(inventory=F("inventory") + 1),
    "update by key": lambda: Product.objects.filter(pk=teapot().pk).update(description="New"),
    "update or create": lambda: Product.objects.update_or_create({"title": "Jug"}, slug="teapot"),
    "bulk update": change_in_bulk,
    "create": lambda: new_product().save(),
    "bulk create": lambda: Product.objects.bulk_create([new_product()]),
    "related create": lambda: kitchen().products.create(
        title="Cup", slug="cup", unit_price=3, inventory=1
    ),
    "delete": lambda: teapot().delete(),
    "delete by queryset": lambda: Product.objects.filter(slug="teapot").delete(),
    "delete by service": lambda: delete_product(product=teapot()),
    "api": patch_by_api,
    "order": order,
    "picture": lambda: ProductImage.objects.create(product=teapot(), image="new.png"),
    "picture in bulk": lambda: ProductImage.objects.bulk_create(
        [ProductImage(product=teapot(), image="new.png")]
    ),
    "picture replaced": lambda: ProductImage.objects.update(image="other.png"),
    "picture removed": lambda: ProductImage.objects.get().delete(),
    "promotion": lambda: Promotion.objects.update(discount=0.5),
    "promotion removed": lambda: Promotion.objects.get().delete(),
    "promotion's products": lambda: Promotion.objects.get().products.clear(),
    "product's promotions": lambda: teapot().promotions.set([]),
    "product's promotion": lambda: teapot().promotions.remove(Promotion.objects.get()),
    "another promotion": lambda: teapot().promotions.create(
        description="More", discount=0.9, starts_at=NOON
    ),
    "plain insert": insert_by_sql,
    "plain update, and the command": update_by_sql,
}


@pytest.fixture
def shelf(make_product, make_promotion):
    product = make_product(title="Teapot", slug="teapot")
    make_product(title="Pan", slug="pan")
    ProductImage.objects.create(product=product, image="teapot.png")
    make_promotion(product)
    return product


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("url", ["/store/products/", "/store/products/?ordering=-title"])
def test_a_change_shows_at_once(kept, serialized, shelf, name, url):
    # Twice: the second one comes from memory.
    before = [kept(url).json(), kept(url).json()]

    CHANGES[name]()

    after = kept(url).json()
    assert after not in before
    assert after == serialized(url).json() == kept(url).json()


@pytest.mark.parametrize(
    "name", CHANGES.keys() - {"delete", "delete by queryset", "delete by service"}
)
def test_one_product_is_as_fresh(kept, serialized, shelf, name):
    url = f"/store/products/{shelf.pk}/"
    kept(url)

    CHANGES[name]()

    assert kept(url).json() == serialized(url).json()


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

    # The state of the catalogue, the promotions, the page, its pictures and promotions, the count.
    with django_assert_num_queries(7):
        kept("/store/products/")


class TestVersions:
    @pytest.mark.parametrize(
        ("change", "renewed"),
        [
            (lambda: save(title="Kettle"), {ASSORTMENT, CATALOG}),
            (lambda: Product.objects.update(unit_price=5), {CATALOG}),
            (lambda: Product.objects.update(collection=kitchen()), {ASSORTMENT, CATALOG}),
            (lambda: Product.objects.update(collection_id=kitchen().pk), {ASSORTMENT, CATALOG}),
            (lambda: Product.objects.update(inventory=5), set()),
            (lambda: Product(pk=teapot().pk, inventory=1).save(update_fields=["inventory"]), set()),
            (lambda: Promotion.objects.update(description="x"), {CATALOG}),
            (renew_catalog, {ASSORTMENT, CATALOG}),
            (order, set()),
        ],
    )
    def test_a_write_renews_what_it_changes(self, shelf, change, renewed):
        scopes = {ASSORTMENT, CATALOG}
        before = {scope: Version.objects.current(scope) for scope in scopes}

        change()

        now = {scope: Version.objects.current(scope) for scope in scopes}
        assert {scope for scope in scopes if now[scope] != before[scope]} == renewed

    def test_a_refused_write_renews_nothing(self, shelf):
        order()
        before = Version.objects.current(ASSORTMENT, CATALOG)

        with transaction.atomic(), pytest.raises(ProtectedError):
            teapot().delete()

        assert Version.objects.current(ASSORTMENT, CATALOG) == before
        assert teapot().pk == shelf.pk

    def test_every_model_of_the_catalogue_writes_through_a_versioned_queryset(self):
        models = [model for model in apps.get_models() if issubclass(model, Versioned)]

        assert {Collection, Product, ProductImage, Promotion} == {*models}
        for model in models:
            for manager in (model._base_manager, model._default_manager):
                assert isinstance(manager.all(), VersionedQuerySet)
