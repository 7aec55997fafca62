import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Count, Max, Min
from django.utils import timezone
from PIL import Image

from store.models import (
    Collection,
    Product,
    ProductImage,
    Promotion,
)
from store.pictures.sizes import file_name
from store_custom.seeding.catalog import LINES, goods
from store_custom.seeding.goods import ASSORTMENTS
from store_custom.seeding.pictures import SIDE, draw, encode, fill_pool, picture_name
from tags.models import Tag, TaggedItem

pytestmark = pytest.mark.usefixtures("seeded")


class TestCatalogue:
    def test_fills_ten_collections_and_features_a_product_of_each(self):
        collections = Collection.objects.annotate(count=Count("products"))
        assert [collection.count for collection in collections] == [12] * 10
        assert all(
            collection.featured_product.collection == collection for collection in collections
        )

    def test_gives_every_product_a_slug_of_its_own(self):
        assert Product.objects.values("slug").distinct().count() == 120
        assert not Product.objects.filter(slug="").exists()

    def test_gives_every_product_a_sku_of_its_own(self):
        skus = Product.objects.order_by("sku").values_list("sku", flat=True)
        assert (skus.count(), skus[0], skus[119]) == (120, "SF-0000001", "SF-0000120")

    def test_has_names_enough_for_a_million_products(self):
        capacity = [len(list(one.designs())) * (len(LINES) + 1) for one in ASSORTMENTS]
        assert min(capacity) >= 1_000_000 / len(ASSORTMENTS)

    def test_goes_on_with_unique_slugs_when_the_plain_names_are_used_up(self):
        collections = [Collection(title=one.title) for one in ASSORTMENTS]
        products = goods(count=10_000, collections=collections, now=timezone.now())
        assert len({good.product.slug for good in products}) == 10_000

    def test_keeps_prices_and_stock_within_the_rules_of_the_columns(self):
        for product in Product.objects.all():
            product.full_clean()
        assert Product.objects.aggregate(low=Min("unit_price"))["low"] >= 1

    def test_has_stock_from_none_to_plenty(self):
        assert Product.objects.sold_out().exists()
        assert Product.objects.filter(inventory__range=(1, 9)).exists()
        assert Product.objects.filter(inventory__gte=100).exists()

    def test_describes_most_products_in_up_to_three_sentences(self):
        texts = list(Product.objects.values_list("description", flat=True))
        assert None in texts
        counts = {len(re.findall(r"[.!](?: |$)", text)) for text in texts if text}
        assert counts == {1, 2, 3}

    def test_spreads_the_last_updates_over_the_last_year(self):
        dates = Product.objects.aggregate(first=Min("last_update"), last=Max("last_update"))
        assert dates["last"] <= timezone.now()
        assert timedelta(days=300) < dates["last"] - dates["first"] <= timedelta(days=365)

    def test_links_promotions_and_tags_to_some_of_the_products(self):
        assert Promotion.objects.count() == 5
        assert 0 < Product.objects.filter(promotions__isnull=False).count() < 60
        assert Promotion.objects.running(None).count() == 1
        assert Promotion.objects.running("G").count() == 2
        assert 20 <= Tag.objects.count() <= 30
        assert TaggedItem.objects.objects_tagged(Product, "Everyday").exists()


class TestPictures:
    def test_shows_one_to_three_pictures_of_each_product(self):
        counts = Product.objects.annotate(count=Count("images")).values_list("count", flat=True)
        assert set(counts) == {1, 2, 3}

    def test_stores_every_picture_as_a_small_file_that_opens(self):
        for name in ProductImage.objects.values_list("image", flat=True).distinct():
            assert default_storage.size(name) < 100 * 1024
            with default_storage.open(name) as file, Image.open(file) as image:
                assert (image.format, image.size) == ("WEBP", (SIDE, SIDE))

    def test_draws_each_picture_once(self):
        fill_pool()
        assert fill_pool() == 0

    def test_replaces_the_stump_of_a_file_that_a_cut_off_run_left(self):
        fill_pool()
        name = picture_name(ASSORTMENTS[0], 1)
        with default_storage.open(name) as file:
            whole = file.read()
        default_storage.delete(name)
        default_storage.save(name, ContentFile(whole[:1000]))
        assert fill_pool() == 1
        assert default_storage.size(name) == len(whole)

    def test_makes_a_size_that_is_missing(self):
        fill_pool()
        name = file_name(picture_name(ASSORTMENTS[0], 1), "small", "webp")
        default_storage.delete(name)
        assert fill_pool() == 1
        with default_storage.open(name) as file, Image.open(file) as image:
            assert image.size == (320, 320)

    def test_tells_what_each_shows_and_in_which_sizes(self, api_client):
        products = api_client.get("/store/products/").json()["results"]
        for product in products:
            for position, image in enumerate(product["images"]):
                assert image["alt"]
                assert image["position"] == position
                assert (image["width"], image["height"]) == (SIDE, SIDE)
                for label, side in (("thumbnail", 160), ("small", 320), ("large", SIDE)):
                    size = image["sizes"][label]
                    name = size["webp"].removeprefix("http://testserver/media/")
                    assert (size["width"], size["avif"]) == (side, None)
                    with default_storage.open(name) as file, Image.open(file) as shown:
                        assert shown.size == (side, side)

    def test_draws_the_same_picture_again(self):
        drawing = ASSORTMENTS[0].kinds[0].drawing
        first, second = (encode(draw(ASSORTMENTS[0], 1, drawing), side=SIDE) for _ in "ab")
        assert first == second

    def test_gives_the_api_addresses_that_name_stored_files(self, api_client):
        product = api_client.get("/store/products/").data["results"][0]
        address = product["images"][0]["image"]
        name = re.fullmatch(
            r"http://testserver/media/(store/images/seed-[a-z]+-\d+\.webp)", address
        )
        assert default_storage.exists(name[1])
