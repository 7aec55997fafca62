import re

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, F, Q

from store.models import (
    Address,
    Cart,
    Collection,
    Customer,
    Order,
    OrderItem,
    Product,
    ProductImage,
    Review,
)
from store_custom.seeding import orders, people, shop
from store_custom.seeding.people import PASSWORD, seeded_users
from store_custom.seeding.pictures import fill_pool
from tags.models import TaggedItem

User = get_user_model()


@pytest.fixture
def few(monkeypatch):
    """Let fewer people buy less: how many they are is seen elsewhere."""
    monkeypatch.setattr(people, "CUSTOMERS", 20)
    monkeypatch.setattr(orders, "ORDERS", 100)


def everything():
    """What is for sale and who buys: equal for two runs that did the same."""
    return (
        list(
            Product.objects.order_by("slug").values_list(
                "title", "slug", "description", "unit_price", "inventory", "collection__title"
            )
        ),
        list(
            OrderItem.objects.order_by("order__placed_at", "title").values_list(
                "title", "quantity", "unit_price", "order__customer__user__username"
            )
        ),
        list(Review.objects.order_by("id").values_list("name", "description", "rating")),
        sorted(ProductImage.objects.values_list("product__slug", "image")),
        sorted(TaggedItem.objects.values_list("tag__label").annotate(Count("pk"))),
    )


def row_counts():
    models = (*shop.EMPTIED, Address, Customer, User)
    return {model.__name__: model._default_manager.count() for model in models}


class TestFirstRun:
    def test_makes_a_thousand_products_unless_told_otherwise(self, db, few):
        call_command("seed_db", verbosity=0)
        assert Product.objects.count() == 1000
        assert Product.objects.values("title").distinct().count() == 1000

    def test_leaves_an_account_that_has_the_name_of_a_demo_account(self, db, few, seed, sign_in):
        sign_in("admin")
        output = seed()
        assert re.search(r"^  admin +\(not from the seed\)", output, re.MULTILINE)
        assert User.objects.get(username="admin").email == "admin@example.com"
        assert not User.objects.get(username="admin").is_superuser
        assert seeded_users().count() == 21

    def test_the_least_number_still_fills_every_collection(self, db, few, seed):
        seed(products=10)
        assert not Collection.objects.filter(featured_product=None).exists()

    def test_prices_look_like_those_of_the_currency(self, db, few, seed, settings):
        settings.STORE_CURRENCY = "JPY"
        seed()
        prices = Product.objects.values_list("unit_price", flat=True)
        assert all(price >= 150 and price % 50 == 0 for price in prices)
        assert max(prices) > 20_000
        amounts = OrderItem.objects.values_list("unit_price", "tax")
        assert all(amount % 1 == 0 for line in amounts for amount in line)

    def test_says_nothing_when_told_to_be_quiet(self, db, few, seed, capsys):
        assert seed(verbosity=0) == ""
        assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("few")
class TestRunningAgain:
    def test_does_nothing_but_prints_the_accounts(self, db, seed):
        seed()
        before = row_counts()
        output = seed(products=60)
        assert output.startswith("The shop is seeded already; --reset seeds it again.")
        assert f"  customer  {PASSWORD}" in output
        assert row_counts() == before

    def test_reset_makes_the_same_shop_again(self, db, seed):
        seed()
        first, counts = everything(), row_counts()
        seed(reset=True)
        assert everything() == first
        assert row_counts() == counts

    def test_reset_seeds_the_number_asked_for(self, db, seed):
        seed()
        assert "Seeded 30 products." in seed(products=30, reset=True)
        assert Product.objects.count() == 30

    def test_reset_keeps_users_that_others_made_with_their_profile(self, db, seed, sign_in):
        seed()
        owner = sign_in("owner", is_staff=True)
        Cart.objects.create()
        Order.objects.create(customer=owner.customer)
        seed(reset=True)
        assert User.objects.get(username="owner").customer == owner.customer
        assert Customer.objects.count() == 23
        assert Cart.objects.count() == 0
        assert Order.objects.count() == 100

    def test_reset_removes_uploaded_pictures_and_keeps_the_pool(
        self, db, seed, django_capture_on_commit_callbacks
    ):
        seed()
        name = default_storage.save("store/images/uploaded.webp", ContentFile(b"picture"))
        ProductImage.objects.create(product=Product.objects.first(), image=name)
        with django_capture_on_commit_callbacks(execute=True):
            seed(reset=True)
        assert not default_storage.exists(name)
        assert fill_pool() == 0


@pytest.mark.usefixtures("few", "db")
class TestOutsideOfDevelopment:
    @pytest.fixture(autouse=True)
    def _strangers_can_reach_it(self, settings):
        settings.SEED_KNOWN_PASSWORDS = False

    def test_nobody_can_sign_in_and_nobody_is_staff(self, seed, client):
        assert PASSWORD not in seed()
        users = seeded_users()
        assert users.count() == 20
        assert not any(user.has_usable_password() for user in users)
        assert not users.filter(Q(is_staff=True) | Q(is_superuser=True)).exists()
        assert not User.objects.filter(username__in=["admin", "support"]).exists()
        for name in ("admin", "customer"):
            assert not client.login(username=name, password=PASSWORD)

    def test_the_shop_is_as_full(self, seed):
        seed()
        assert (Product.objects.count(), Order.objects.count()) == (50, 100)


@pytest.mark.usefixtures("db")
class TestCatalogOnly:
    def test_makes_what_is_for_sale_and_nobody(self, seed):
        output = seed(catalog_only=True)
        counts = row_counts()
        filled = {"Product", "Collection", "ProductImage", "Promotion", "Tag", "TaggedItem"}
        filled |= {"StockMovement"}
        assert {name for name, count in counts.items() if count} - {"Product_promotions"} == filled
        assert PASSWORD not in output

    def test_again_leaves_it_alone(self, seed):
        seed(catalog_only=True)
        before = row_counts()
        assert "nothing was changed" in seed(catalog_only=True)
        assert row_counts() == before


@pytest.mark.usefixtures("few")
class TestRefusals:
    @pytest.mark.parametrize("products", [9, 1_000_001])
    def test_a_number_out_of_bounds_changes_nothing(self, db, seed, products):
        seed()
        before = row_counts()
        with pytest.raises(CommandError, match=r"must be from 10 to 1,000,000"):
            seed(products=products, reset=True)
        assert row_counts() == before

    def test_products_of_somebody_else_are_left_alone(self, db, seed):
        collection = Collection.objects.create(title="Ours")
        Product.objects.create(
            title="Ours", slug="ours", unit_price=2, inventory=1, collection=collection
        )
        before = row_counts()
        assert "not from seed_db" in seed()
        assert row_counts() == before

    def test_reset_replaces_products_of_somebody_else(self, db, seed):
        collection = Collection.objects.create(title="Ours")
        Product.objects.create(
            title="Ours", slug="ours", unit_price=2, inventory=1, collection=collection
        )
        seed(reset=True)
        assert not Collection.objects.filter(title="Ours").exists()
        assert Product.objects.count() == 50


@pytest.mark.usefixtures("few")
@pytest.mark.django_db(transaction=True)
class TestCutOff:
    def test_a_run_that_breaks_leaves_nothing_behind(self, seed, monkeypatch):
        before = row_counts()
        self.break_off(seed, monkeypatch)
        assert row_counts() == before
        assert "Seeded 50 products." in seed()

    def test_a_reset_that_breaks_leaves_the_shop_as_it_was(self, seed, monkeypatch):
        seed()
        before = everything()
        self.break_off(seed, monkeypatch, reset=True)
        assert everything() == before

    def break_off(self, seed, monkeypatch, **options):
        def unplug(**kwargs):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(shop, "insert_likes", unplug)
            with pytest.raises(KeyboardInterrupt):
                seed(**options)


def test_seeds_a_database_that_does_not_return_new_keys(db, seed, monkeypatch):
    monkeypatch.setattr(type(connection.features), "can_return_rows_from_bulk_insert", False)
    seed()
    assert OrderItem.objects.filter(title=F("product__title")).count() == OrderItem.objects.count()
    assert not Collection.objects.filter(featured_product=None).exists()
