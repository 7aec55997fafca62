"""What a product shows beside its own columns, and what a collection and the promotions show."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from model_bakery import baker

from store.models import Collection, Product, Promotion, Review
from store_custom.models import PromotedTag
from tags.models import Tag, TaggedItem

pytestmark = pytest.mark.django_db

PRODUCTS = "/store/products/"


@pytest.fixture
def shown(api_client, product):
    """Return what the API shows of a product, alike in the list and by itself."""

    def shown(key=product.pk):
        one = api_client.get(f"{PRODUCTS}{key}/").json()
        rows = {row["id"]: row for row in api_client.get(PRODUCTS).json()["results"]}
        assert rows[key] == one
        return one

    return shown


def tag(product, label):
    return TaggedItem.objects.create(
        tag=Tag.objects.get_or_create(label=label)[0],
        content_type=ContentType.objects.get_for_model(Product),
        object_id=product.pk,
    )


class TestRating:
    @pytest.mark.parametrize(
        ("ratings", "average"),
        [([], None), ([None], None), ([4], 4), ([4, 5, None], 4.5), ([4, 4, 4, 5], 4.3)],
    )
    def test_is_the_average_of_the_reviews_that_rate(self, product, shown, ratings, average):
        for rating in ratings:
            baker.make(Review, product=product, rating=rating)
        rated = [rating for rating in ratings if rating]
        assert shown()["rating_average"] == average
        assert shown()["rating_count"] == len(rated)

    def test_one_that_waits_does_not_count(self, product, shown, api_client):
        baker.make(Review, product=product, rating=1, is_approved=False)
        baker.make(Review, product=product, rating=5)
        assert (shown()["rating_average"], shown()["rating_count"]) == (5, 1)
        assert api_client.get(f"{PRODUCTS}?rating_min=4").json()["count"] == 1


class TestTags:
    def test_are_the_labels_in_order(self, product, make_product, shown):
        for label in ["Winter", "gift"]:
            tag(product, label)
        tag(make_product(), "Other")
        assert sorted(shown()["tags"]) == ["Winter", "gift"]

    @pytest.mark.cache
    def test_a_change_is_seen_at_once(self, product, shown):
        tagged = tag(product, "gift")
        assert shown()["tags"] == ["gift"]
        tagged.tag.label = "present"
        tagged.tag.save()
        assert shown()["tags"] == ["present"]
        tagged.delete()
        assert shown()["tags"] == []


@pytest.mark.cache
def test_a_new_rating_is_seen_at_once(api_client, product):
    def read():
        return api_client.get(f"{PRODUCTS}{product.pk}/").json()["rating_count"]

    assert read() == 0
    body = {"name": "Ann", "description": "Pours well.", "rating": 4}
    review = api_client.post(f"{PRODUCTS}{product.pk}/reviews/", body).json()
    assert read() == 1
    Review.objects.get(pk=review["id"]).delete()
    assert read() == 0


class TestPromotionsOfManyProducts:
    def test_of_a_collection_are_for_its_products(
        self, product, make_product, make_promotion, shown
    ):
        other = make_product(collection=baker.make(Collection))
        make_promotion(discount=0.5).collections.add(product.collection)
        assert (shown()["price"], shown()["final_price"]) == (5, 5.5)
        assert shown(other.pk)["price"] == 10
        product.collection = other.collection
        product.save()
        assert shown()["price"] == 10

    def test_of_a_tag_are_for_what_carries_it(self, product, make_product, make_promotion, shown):
        other = make_product()
        tagged = tag(product, "sale")
        PromotedTag.objects.create(promotion=make_promotion(discount=0.5), tag=tagged.tag)
        # A row of another kind with the same key.
        kind = ContentType.objects.get_for_model(Promotion)
        TaggedItem.objects.create(tag=tagged.tag, content_type=kind, object_id=other.pk)
        assert shown()["price"] == 5
        assert shown(other.pk)["price"] == 10
        tagged.delete()
        assert shown()["price"] == 10

    def test_the_best_holds_once_by_whatever_way(self, product, make_promotion, shown):
        both = make_promotion(product, discount=0.5, description="Half")
        both.collections.add(product.collection)
        make_promotion(product, discount=0.2)
        assert shown()["promotion"]["description"] == "Half"
        assert [each.discount for each in product.running_promotions] == [0.5, 0.2]

    def test_an_order_is_priced_by_it(self, api_client, sign_in, item, make_promotion):
        make_promotion(discount=0.5).collections.add(item.product.collection)
        sign_in()
        order = api_client.post("/store/orders/", {"cart_id": str(item.cart_id)}).json()
        assert order["items"][0]["unit_price"] == 5

    @pytest.mark.cache
    def test_a_change_is_seen_at_once(self, product, make_promotion, shown):
        promotion = make_promotion(discount=0.5)
        assert shown()["price"] == 10
        promotion.collections.add(product.collection)
        assert shown()["price"] == 5
        promotion.collections.clear()
        assert shown()["price"] == 10
        promoted = PromotedTag.objects.create(promotion=promotion, tag=tag(product, "sale").tag)
        assert shown()["price"] == 5
        promoted.delete()
        assert shown()["price"] == 10


class TestListOfPromotions:
    def test_has_what_runs_now_for_who_asks(self, api_client, sign_in, make_promotion):
        now = timezone.now()
        sale = make_promotion(description="Sale", discount=0.1)
        gold = make_promotion(description="Gold", discount=0.3, memberships="G")
        make_promotion(starts_at=now + timedelta(days=1))
        make_promotion(starts_at=None, ends_at=now)
        make_promotion(starts_at=None)

        (row,) = api_client.get("/store/promotions/").json()

        assert row == {
            "id": sale.pk,
            "description": "Sale",
            "discount": 0.1,
            "starts_at": sale.starts_at.isoformat().replace("+00:00", "Z"),
            "ends_at": None,
        }
        user = sign_in()
        user.customer.membership = "G"
        user.customer.save()
        ids = [row["id"] for row in api_client.get("/store/promotions/").json()]
        assert ids == [gold.pk, sale.pk]

    def test_is_only_read(self, api_client, authenticate):
        authenticate(is_staff=True)
        assert api_client.post("/store/promotions/", {}).status_code == 405


class TestFeatured:
    def test_shows_the_product_as_the_product_is_shown(self, api_client, product):
        Collection.objects.update(featured_product=product)
        url = f"/store/collections/{product.collection_id}/featured/"
        assert api_client.get(url).json() == api_client.get(f"{PRODUCTS}{product.pk}/").json()

    def test_is_not_found_without_one_or_while_it_is_hidden(self, api_client, product):
        url = f"/store/collections/{product.collection_id}/featured/"
        assert api_client.get(url).status_code == 404
        Collection.objects.update(featured_product=product)
        Product.objects.update(is_published=False)
        assert api_client.get(url).status_code == 404
        assert api_client.get("/store/collections/99999/featured/").status_code == 404

    def test_staff_set_and_unset_it_and_the_body_stays(self, api_client, authenticate, product):
        authenticate(is_staff=True)
        exactly = {"id", "title", "products_count"}
        made = api_client.post(
            "/store/collections/", {"title": "Lamps", "featured_product": product.pk}
        ).json()
        url = f"/store/collections/{made['id']}/"
        collection = Collection.objects.get(pk=made["id"])
        assert (made.keys(), collection.featured_product) == (exactly, product)
        put = api_client.put(url, {"title": "Lamps"}).json()
        collection.refresh_from_db()
        assert (put.keys(), collection.featured_product) == (exactly, product)
        patch = api_client.patch(url, {"featured_product": None}, format="json").json()
        collection.refresh_from_db()
        assert (patch.keys(), collection.featured_product) == (exactly, None)

    @pytest.mark.parametrize("value", [0, "x", -1, 10**30, [1], True])
    def test_what_is_no_product_is_refused(self, api_client, authenticate, product, value):
        authenticate(is_staff=True)
        url = f"/store/collections/{product.collection_id}/"
        body = {"title": "New", "featured_product": value}
        response = api_client.patch(url, body, format="json")
        assert (response.status_code, [*response.json()]) == (400, ["featured_product"])
        assert Collection.objects.get().title == "Kitchen"


class TestExpand:
    @pytest.mark.parametrize("path", ["", "{0}/"])
    def test_shows_the_collection_in_place_of_its_id(
        self, api_client, product, make_product, path, django_assert_max_num_queries
    ):
        make_product()
        make_product(is_published=False)
        with django_assert_max_num_queries(9):
            body = api_client.get(f"{PRODUCTS}{path.format(product.pk)}?expand=collection").json()
        for row in body.get("results", [body]):
            key = product.collection_id
            assert row["collection"] == {"id": key, "title": "Kitchen", "products_count": 2}

    def test_of_a_featured_product_too(self, api_client, product):
        Collection.objects.update(featured_product=product)
        url = f"/store/collections/{product.collection_id}/featured/"
        assert api_client.get(f"{url}?expand=collection").json()["collection"]["title"] == "Kitchen"
        assert api_client.get(f"{url}?fields=id&expand=collection").json() == {"id": product.pk}

    @pytest.mark.parametrize("path", ["", "{0}/"])
    def test_refuses_what_refers_to_nothing(self, api_client, product, path):
        response = api_client.get(f"{PRODUCTS}{path.format(product.pk)}?expand=title")
        assert (response.status_code, [*response.json()]) == (400, ["expand"])
