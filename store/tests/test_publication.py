"""A product that is not published is there for staff alone."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from model_bakery import baker

from likes.models import LikedItem
from store.models import CartItem, Order, Product
from tags.models import Tag, TaggedItem

pytestmark = pytest.mark.django_db

PRODUCTS = "/store/products/"


@pytest.fixture
def draft(make_product):
    return make_product(title="Draft teapot", sku="D-1", is_published=False)


@pytest.fixture
def viewer(sign_in, settings):
    """Sign in as staff who may see products, where staff need permissions."""
    settings.STAFF_NEEDS_PERMISSIONS = True
    user = sign_in(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_product"))
    return user


class TestForOthers:
    @pytest.mark.parametrize("path", ["", "reviews/", "images/"])
    def test_neither_it_nor_what_belongs_to_it_is_found(self, api_client, draft, path):
        response = api_client.get(f"{PRODUCTS}{draft.pk}/{path}")
        assert (response.status_code, [*response.json()]) == (404, ["detail"])

    def test_staff_without_the_permission_are_others(self, api_client, sign_in, settings, draft):
        settings.STAFF_NEEDS_PERMISSIONS = True
        sign_in(is_staff=True)
        assert api_client.get(f"{PRODUCTS}{draft.pk}/").status_code == 404
        assert api_client.get(PRODUCTS).json()["count"] == 0

    @pytest.mark.parametrize(
        "query", ["", "?search=draft", "?q=draft", "?sku=D-1", "?collection={0}", "?in_stock=true"]
    )
    def test_no_list_and_no_count_has_it(self, api_client, product, draft, query):
        body = api_client.get(f"{PRODUCTS}{query.format(draft.collection_id)}").json()
        assert draft.pk not in {row["id"] for row in body["results"]}
        assert body["count"] == len(body["results"])

    def test_its_collection_does_not_count_it(self, api_client, product, draft):
        url = f"/store/collections/{draft.collection_id}/"
        assert api_client.get(url).json()["products_count"] == 1
        assert api_client.get("/store/collections/").json()[0]["products_count"] == 1

    def test_nobody_reviews_it(self, api_client, draft):
        body = {"name": "Ann", "description": "Pours well."}
        assert api_client.post(f"{PRODUCTS}{draft.pk}/reviews/", body).status_code == 404
        assert not draft.reviews.exists()

    def test_nobody_likes_it(self, api_client, sign_in, draft):
        sign_in()
        body = {"content_type": "store.product", "object_id": draft.pk}
        response = api_client.post("/likes/", body)
        assert response.json() == {"object_id": ["No object with this ID was found."]}

    def test_neither_its_tags_nor_its_likes_are_listed(self, api_client, sign_in, product):
        content_type = ContentType.objects.get_for_model(Product)
        pointed = {"content_type": content_type, "object_id": product.pk}
        tagged = TaggedItem.objects.create(tag=baker.make(Tag, label="sale"), **pointed)
        like = LikedItem.objects.create(user=sign_in(), **pointed)
        urls = ["/tags/items/", "/likes/"]
        assert [len(api_client.get(url).json()) for url in urls] == [1, 1]
        Product.objects.update(is_published=False)
        assert [api_client.get(url).json() for url in urls] == [[], []]
        assert api_client.get(f"/tags/items/{tagged.pk}/").status_code == 404
        assert api_client.get(f"/likes/{like.pk}/").status_code == 404

    def test_it_is_hidden_and_shown_at_once(self, api_client, product):
        for is_published, status in [(False, 404), (True, 200)]:
            Product.objects.filter(pk=product.pk).update(is_published=is_published)
            assert api_client.get(f"{PRODUCTS}{product.pk}/").status_code == status


class TestForStaff:
    def test_they_find_and_read_it(self, api_client, viewer, draft):
        shown = api_client.get(f"{PRODUCTS}{draft.pk}/").json()
        assert (shown["is_published"], shown["low_stock_threshold"]) == (False, None)
        (row,) = api_client.get(PRODUCTS).json()["results"]
        assert row == shown

    def test_others_do_not_see_what_staff_see_of_a_product(self, api_client, product):
        shown = api_client.get(f"{PRODUCTS}{product.pk}/").json()
        assert shown.keys().isdisjoint({"is_published", "low_stock_threshold"})

    def test_they_write_both(self, api_client, authenticate, product):
        authenticate(is_staff=True)
        body = {"is_published": False, "low_stock_threshold": 3}
        response = api_client.patch(f"{PRODUCTS}{product.pk}/", body, format="json")
        assert body.items() <= response.json().items()
        product.refresh_from_db()
        assert (product.is_published, product.low_stock_threshold) == (False, 3)

    def test_bad_values_change_nothing(self, api_client, authenticate, product, subtests):
        authenticate(is_staff=True)
        for body in [
            {"is_published": None},
            {"is_published": "maybe"},
            {"low_stock_threshold": -1},
            {"low_stock_threshold": 10**30},
        ]:
            with subtests.test(body=body):
                response = api_client.patch(f"{PRODUCTS}{product.pk}/", body, format="json")
                assert (response.status_code, [*response.json()]) == (400, [*body])
        product.refresh_from_db()
        assert (product.is_published, product.low_stock_threshold) == (True, None)

    def test_a_form_that_does_not_name_it_leaves_it(self, api_client, authenticate, product):
        authenticate(is_staff=True)
        fields = {"title": "Kettle", "slug": "kettle", "unit_price": 9, "inventory": 1}
        form = {**fields, "collection": product.collection_id}
        made = api_client.post(PRODUCTS, form, format="multipart").json()
        url = f"{PRODUCTS}{made['id']}/"
        assert made["is_published"] is True
        assert (
            api_client.put(url, {**form, "is_published": "False"}, format="multipart").json()[
                "is_published"
            ]
            is False
        )
        assert api_client.put(url, form, format="multipart").json()["is_published"] is False


class TestInACart:
    def test_it_is_not_added(self, api_client, item, draft):
        response = api_client.post(
            f"/store/carts/{item.cart_id}/items/", {"product_id": draft.pk, "quantity": 1}
        )
        assert response.status_code == 400
        assert response.json()["product_id"] == ["No product with the given ID was found."]
        assert CartItem.objects.count() == 1

    def test_a_line_from_before_has_nothing_available(self, api_client, sign_in, item):
        Product.objects.update(is_published=False)
        (line,) = api_client.get(f"/store/carts/{item.cart_id}/").json()["items"]
        assert (line["available"], line["insufficient_stock"]) == (0, True)

        sign_in()
        response = api_client.post("/store/orders/", {"cart_id": str(item.cart_id)})

        assert (response.status_code, response.json()["code"]) == (409, "insufficient_stock")
        assert response.json()["lines"][0]["available"] == 0
        assert not Order.objects.exists()
        assert CartItem.objects.get().quantity == item.quantity


class TestLowStock:
    @pytest.fixture(autouse=True)
    def _no_cached_report(self):
        cache.clear()
        yield
        cache.clear()

    def test_each_product_has_its_own_threshold_else_the_shop_s(self, make_product, settings):
        settings.STORE_LOW_STOCK = 5
        low = [
            make_product(inventory=4),
            make_product(inventory=7, low_stock_threshold=8),
        ]
        make_product(inventory=5)
        make_product(inventory=0, low_stock_threshold=0)
        make_product(inventory=4, low_stock_threshold=4)
        assert [*Product.objects.low_on_stock().order_by("pk")] == low
        for product in Product.objects.all():
            assert product.is_low_on_stock == (product in low)

    def test_the_report_goes_by_it_unless_it_is_told_a_number(
        self, api_client, authenticate, make_product
    ):
        authenticate(is_staff=True)
        make_product(title="Cup", inventory=20, low_stock_threshold=30)
        url = "/store/reports/low_stock/"
        assert [row["title"] for row in api_client.get(url).json()] == ["Cup"]
        assert api_client.get(f"{url}?below=20").json() == []
