from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from store.models import Cart, CartItem, Product

from .bodies import line_product

pytestmark = pytest.mark.django_db

NO_CARTS = ["abc", "1", "00000000-0000-0000-0000-00000000000g", "%00", "null"]


class TestCreate:
    def test_a_stranger_gets_an_empty_cart(self, api_client):
        response = api_client.post("/store/carts/", {}, format="json")

        cart = Cart.objects.get()
        assert response.status_code == 201
        assert response.json() == {
            "id": str(cart.id),
            "items": [],
            "total_price": 0,
            "tax": 0,
            "total": 0,
        }
        assert UUID(response.json()["id"]).version == 4

    def test_costs_one_query(self, api_client, django_assert_num_queries):
        with django_assert_num_queries(1):
            api_client.post("/store/carts/", {}, format="json")

    def test_two_requests_make_two_carts(self, api_client):
        ids = {api_client.post("/store/carts/").json()["id"] for _ in range(2)}

        assert len(ids) == Cart.objects.count() == 2

    def test_the_client_chooses_neither_id_nor_items(self, api_client, product):
        chosen = uuid4()
        body = {"id": str(chosen), "items": [{"product_id": product.pk, "quantity": 1}]}

        response = api_client.post("/store/carts/", body, format="json")

        assert response.status_code == 201
        assert response.json()["id"] != str(chosen)
        assert response.json()["items"] == []
        assert not CartItem.objects.exists()


class TestList:
    @pytest.mark.parametrize("is_staff", [False, True])
    def test_nobody_lists_carts(self, api_client, authenticate, cart, is_staff):
        authenticate(is_staff=is_staff)

        response = api_client.get("/store/carts/")

        assert response.status_code == 405
        assert response["Allow"] == "POST, OPTIONS"
        assert response.json() == {"detail": 'Method "GET" not allowed.'}


class TestRetrieve:
    def test_shows_items_with_their_products_and_totals(self, api_client, cart, make_product):
        teapot = make_product(title="Teapot", unit_price="10.10")
        cup = make_product(title="Cup", unit_price="1.10")
        first = cart.items.create(product=teapot, quantity=3)
        second = cart.items.create(product=cup, quantity=3)

        response = api_client.get(f"/store/carts/{cart.id}/")

        assert response.status_code == 200
        assert response.json() == {
            "id": str(cart.id),
            "items": [
                {
                    "id": first.id,
                    "product": line_product(teapot, title="Teapot", unit_price=10.1),
                    "quantity": 3,
                    "price": 10.1,
                    "promotion": None,
                    "total_price": 30.3,
                    "available": 10,
                    "insufficient_stock": False,
                },
                {
                    "id": second.id,
                    "product": line_product(cup, title="Cup", unit_price=1.1),
                    "quantity": 3,
                    "price": 1.1,
                    "promotion": None,
                    "total_price": 3.3,
                    "available": 10,
                    "insufficient_stock": False,
                },
            ],
            "total_price": 33.6,
            "tax": 3.36,
            "total": 36.96,
        }

    def test_totals_are_exact_where_binary_fractions_are_not(self, api_client, cart, make_product):
        for price in ("1.10", "2.20", "9999.99"):
            cart.items.create(product=make_product(unit_price=price), quantity=3)

        body = api_client.get(f"/store/carts/{cart.id}/").content.decode()

        assert 1.1 * 3 != 3.3
        assert '"total_price":30009.87,"tax":3000.99,"total":33010.86}' in body
        assert Cart.objects.with_items(None).get().total_price == Decimal("30009.87")

    def test_the_largest_cart_line_has_its_total(self, api_client, cart, make_product):
        cart.items.create(product=make_product(unit_price="9999.99"), quantity=32767)

        response = api_client.get(f"/store/carts/{cart.id}/")

        assert response.json()["total_price"] == 327669672.33

    def test_a_very_large_cart_has_its_totals(self, api_client, cart, collection, settings):
        settings.STORE_TAX_RATE = Decimal(1)
        products = Product.objects.bulk_create(
            Product(slug="ring", unit_price="9999.99", inventory=0, collection=collection)
            for _ in range(1600)
        )
        CartItem.objects.bulk_create(
            CartItem(cart=cart, product=product, quantity=32767) for product in products
        )

        body = api_client.get(f"/store/carts/{cart.id}/").json()

        assert body["total_price"] == body["tax"] == 524271475728
        assert body["total"] == 1048542951456

    def test_a_new_price_shows_at_once(self, api_client, cart, product):
        cart.items.create(product=product, quantity=2)
        Product.objects.update(unit_price="12.50")

        response = api_client.get(f"/store/carts/{cart.id}/")

        assert response.json()["total_price"] == 25

    def test_a_missing_cart_is_not_found(self, api_client, subtests):
        for missing in [*NO_CARTS, "1b671a64-40d5-491e-99b0-da01ff1f3341"]:
            with subtests.test(missing=missing):
                response = api_client.get(f"/store/carts/{missing}/")

                assert response.status_code == 404
                assert response["Content-Type"] == "application/json"
                assert set(response.json()) == {"detail"}

    @pytest.mark.parametrize("rows", [1, 10, 100])
    def test_costs_four_queries_however_full(
        self, api_client, cart, make_product, django_assert_num_queries, rows
    ):
        CartItem.objects.bulk_create(
            CartItem(cart=cart, product=make_product(), quantity=1) for _ in range(rows)
        )

        # The cart, its items with their products, the promotions, the pictures.
        with django_assert_num_queries(4):
            response = api_client.get(f"/store/carts/{cart.id}/")

        assert len(response.json()["items"]) == rows


class TestDelete:
    def test_takes_the_items_along(self, api_client, cart, product):
        cart.items.create(product=product, quantity=2)

        response = api_client.delete(f"/store/carts/{cart.id}/")

        assert response.status_code == 204
        assert response.content == b""
        assert not Cart.objects.exists()
        assert not CartItem.objects.exists()
        assert Product.objects.get().inventory == product.inventory

    def test_leaves_other_carts(self, api_client, cart, product):
        other = Cart.objects.create()
        other.items.create(product=product, quantity=1)

        api_client.delete(f"/store/carts/{cart.id}/")

        assert list(Cart.objects.all()) == [other]
        assert other.items.count() == 1

    def test_a_missing_cart_is_not_found(self, api_client, cart, subtests):
        for missing in [*NO_CARTS, "1b671a64-40d5-491e-99b0-da01ff1f3341"]:
            with subtests.test(missing=missing):
                response = api_client.delete(f"/store/carts/{missing}/")

                assert response.status_code == 404
                assert Cart.objects.get() == cart


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_cart_itself_is_never_changed(api_client, cart, method):
    response = getattr(api_client, method)(f"/store/carts/{cart.id}/", {}, format="json")

    assert response.status_code == 405
    assert response["Allow"] == "GET, DELETE, HEAD, OPTIONS"
    assert response.json() == {"detail": f'Method "{method.upper()}" not allowed.'}
