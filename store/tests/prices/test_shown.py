"""Where the price is shown: the same on products and in carts, to the one who asks."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from model_bakery import baker
from rest_framework.test import APIClient

from store.models import Collection, Customer, Product

from ..bodies import line_product

pytestmark = pytest.mark.django_db

PRODUCTS = "/store/products/"


def as_json(promotion):
    return {
        "id": promotion.pk,
        "description": promotion.description,
        "discount": promotion.discount,
        "ends_at": promotion.ends_at and promotion.ends_at.isoformat().replace("+00:00", "Z"),
    }


@pytest.fixture
def sale(product, make_promotion):
    return make_promotion(product, description="Spring", discount=0.25)


class TestProduct:
    def test_shows_the_price_beside_the_list_price(self, api_client, product, sale):
        shown = api_client.get(f"{PRODUCTS}{product.pk}/").json()

        prices = {"unit_price": 10, "price_with_tax": 11, "price": 7.5, "final_price": 8.25}
        assert {**prices, "promotion": as_json(sale)}.items() <= shown.items()

    def test_tells_when_the_promotion_ends(self, api_client, product, make_promotion):
        sale = make_promotion(product, ends_at=timezone.now() + timedelta(days=1))

        shown = api_client.get(f"{PRODUCTS}{product.pk}/").json()

        assert shown["promotion"] == as_json(sale)
        assert shown["promotion"]["ends_at"] is not None

    @pytest.mark.parametrize("query", ["", "?ordering=-unit_price", "?price_max=10", "?search=tea"])
    def test_the_list_shows_what_the_product_shows(self, api_client, product, sale, query):
        (row,) = api_client.get(f"{PRODUCTS}{query}").json()["results"]

        assert row["price"] == 7.5
        assert row == api_client.get(f"{PRODUCTS}{product.pk}/").json()

    def test_a_page_has_each_product_at_its_own_price(
        self, api_client, sale, make_product, make_promotion
    ):
        make_product(title="Cup")
        make_promotion(make_product(title="Jug"), discount=0.5)

        rows = api_client.get(PRODUCTS).json()["results"]

        assert [(row["title"], row["price"]) for row in rows] == [
            ("Cup", 10),
            ("Jug", 5),
            ("Teapot", 7.5),
        ]


class TestWrittenProduct:
    @pytest.fixture
    def on_sale(self, make_promotion):
        """A collection whose products cost half, for customers with gold."""
        sold = baker.make(Collection, title="Garden")
        make_promotion(discount=0.5, memberships="G").collections.add(sold)
        return sold

    @pytest.fixture
    def staff(self, sign_in):
        user = sign_in(is_staff=True, is_superuser=True)
        Customer.objects.filter(user=user).update(membership="G")
        return user

    @pytest.mark.parametrize("method", ["put", "patch"])
    def test_that_gets_into_a_promoted_collection_shows_its_price(
        self, api_client, staff, product, on_sale, method
    ):
        url = f"{PRODUCTS}{product.pk}/"
        body = {"title": "Pot", "slug": "pot", "unit_price": 10, "inventory": 3}

        moved = getattr(api_client, method)(url, {**body, "collection": on_sale.pk}).json()

        assert (moved["price"], moved["final_price"]) == (5, 5.5)
        assert moved == api_client.get(url).json()
        back = getattr(api_client, method)(url, {**body, "collection": product.collection_id})
        assert (back.json()["price"], back.json()["promotion"]) == (10, None)

    def test_that_is_new_shows_its_price_to_its_writer(self, api_client, staff, on_sale):
        body = {"title": "Pot", "slug": "pot", "unit_price": 10, "inventory": 3}

        made = api_client.post(PRODUCTS, {**body, "collection": on_sale.pk}).json()

        assert made["price"] == 5
        assert made == api_client.get(f"{PRODUCTS}{made['id']}/").json()


class TestCart:
    def test_an_item_shows_what_the_product_shows(self, api_client, item, sale):
        product = api_client.get(f"{PRODUCTS}{item.product_id}/").json()
        (shown,) = api_client.get(f"/store/carts/{item.cart_id}/items/").json()
        cart = api_client.get(f"/store/carts/{item.cart_id}/").json()
        one = api_client.get(f"/store/carts/{item.cart_id}/items/{item.pk}/").json()

        assert shown == {
            "id": item.pk,
            "product": line_product(item.product, title="Teapot", unit_price=10),
            "quantity": 2,
            "price": product["price"],
            "promotion": product["promotion"],
            "total_price": 15,
            "available": 10,
            "insufficient_stock": False,
        }
        assert shown == one
        assert cart == {
            "id": str(item.cart_id),
            "items": [shown],
            "total_price": 15,
            # 0.75 on each of the two pieces.
            "tax": 1.5,
            "total": 16.5,
        }

    def test_tax_is_rounded_for_each_piece(self, api_client, item, sale):
        Product.objects.update(unit_price="1.40")

        cart = api_client.get(f"/store/carts/{item.cart_id}/").json()

        # 1.05 a piece, 1.155 with tax: 1.16.
        assert (cart["total_price"], cart["tax"], cart["total"]) == (2.1, 0.22, 2.32)

    def test_a_cart_of_nobody_is_priced_for_the_one_who_asks(
        self, api_client, sign_in, item, make_promotion
    ):
        make_promotion(item.product, memberships="G", discount=0.5)
        url = f"/store/carts/{item.cart_id}/"
        sign_in()
        Customer.objects.update(membership="G")

        assert api_client.get(url).json()["total_price"] == 10
        assert APIClient().get(url).json()["total_price"] == 20

    def test_the_order_keeps_what_the_cart_showed(self, api_client, sign_in, item, sale):
        sign_in()
        cart = api_client.get(f"/store/carts/{item.cart_id}/").json()

        order = api_client.post("/store/orders/", {"cart_id": cart["id"]}, format="json").json()
        sale.delete()
        Product.objects.update(unit_price=99, title="Pot")
        after = api_client.get(f"/store/orders/{order['id']}/").json()

        (line,) = after["items"]
        assert (line["list_price"], line["unit_price"], line["promotion"]) == (10, 7.5, "Spring")
        assert (line["title"], line["tax"], line["total_price"]) == ("Teapot", 1.5, 15)
        assert [after[name] for name in ("subtotal", "tax", "total")] == [15, 1.5, 16.5]
        assert [cart[name] for name in ("total_price", "tax", "total")] == [15, 1.5, 16.5]


class TestStaff:
    """Who writes a product is answered with its price, and cannot set it."""

    BODY = {
        "title": "Kettle",
        "slug": "kettle",
        "unit_price": 20,
        "inventory": 3,
        "price": 1,
        "price_with_tax": 1,
        "promotion": {"id": 1, "discount": 1},
        "promotions": [1],
    }

    def test_a_new_product_has_its_list_price(self, api_client, authenticate, collection):
        authenticate(is_staff=True)

        response = api_client.post(
            PRODUCTS, {**self.BODY, "collection": collection.pk}, format="json"
        )

        assert response.status_code == 201
        assert (response.json()["price"], response.json()["promotion"]) == (20, None)
        assert not Product.objects.get().promotions.exists()

    @pytest.mark.parametrize("method", ["put", "patch"])
    @pytest.mark.parametrize("saved", [False, True])
    def test_a_changed_one_the_price_of_its_promotion(
        self, api_client, sign_in, authenticate, product, sale, method, saved
    ):
        sign_in(is_staff=True) if saved else authenticate(is_staff=True)
        body = {**self.BODY, "collection": product.collection_id}

        response = getattr(api_client, method)(f"{PRODUCTS}{product.pk}/", body, format="json")

        assert response.status_code == 200
        assert (response.json()["unit_price"], response.json()["price"]) == (20, 15)
        assert response.json()["promotion"] == as_json(sale)
        assert response.json() == api_client.get(f"{PRODUCTS}{product.pk}/").json()
        assert list(product.promotions.all()) == [sale]

    @pytest.mark.parametrize("user", [None, {}, get_user_model()()], ids=str)
    def test_others_write_nothing(self, api_client, product, sale, user):
        api_client.force_authenticate(user=user)
        before = Product.objects.values().get()

        response = api_client.patch(f"{PRODUCTS}{product.pk}/", self.BODY, format="json")

        assert response.status_code in (401, 403)
        assert Product.objects.values().get() == before
