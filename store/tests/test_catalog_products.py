from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from model_bakery import baker

from store.models import Order, OrderItem, Product

pytestmark = pytest.mark.django_db
URL = "/store/products/"
INVALID_PAGE = {"detail": "Invalid page."}


def titles(response):
    return [product["title"] for product in response.json()["results"]]


@pytest.fixture
def fields(collection):
    return {
        "title": "Kettle",
        "slug": "kettle",
        "sku": "KT-1",
        "description": "Whistles.",
        "unit_price": 19.5,
        "inventory": 3,
        "collection": collection.id,
    }


class TestShow:
    def test_product_shows_exactly_its_fields(self, api_client, product):
        response = api_client.get(f"{URL}{product.id}/")

        assert response.status_code == 200
        assert response.json() == {
            "id": product.id,
            "title": "Teapot",
            "description": None,
            "slug": "teapot",
            "sku": None,
            "inventory": 10,
            "unit_price": 10.0,
            "price_with_tax": 11.0,
            "price": 10.0,
            "promotion": None,
            "final_price": 11.0,
            "currency": "USD",
            "collection": product.collection_id,
            "rating_average": None,
            "rating_count": 0,
            "tags": [],
            "last_update": Product.objects.get().last_update.isoformat().replace("+00:00", "Z"),
            "images": [],
        }

    def test_what_is_no_product_is_not_found(self, api_client, product, subtests):
        for product_id in ["0", "abc", "-1", "1.5", "9" * 30, "9" * 5000, "%00"]:
            with subtests.test(product_id=product_id):
                response = api_client.get(f"{URL}{product_id}/")

                assert response.status_code == 404
                assert list(response.json()) == ["detail"]

    @pytest.mark.parametrize("query", ["search=nothing", "unit_price__gt=junk", "page=9"])
    def test_what_filters_the_list_does_not_hide_it(self, api_client, product, query):
        response = api_client.get(f"/store/products/{product.pk}/?{query}")
        assert (response.status_code, response.json()["id"]) == (200, product.pk)

    def test_missing_slash_is_redirected(self, api_client, product):
        response = api_client.get(f"/store/products/{product.id}")

        assert response.status_code == 301
        assert response["Location"] == f"/store/products/{product.id}/"

    @pytest.mark.parametrize(
        ("price", "shown"),
        [("19.50", b"21.45"), ("10.05", b"11.06"), ("1.00", b"1.1"), ("9999.99", b"10999.99")],
    )
    def test_tax_is_exact_and_rounded_half_up(self, api_client, make_product, price, shown):
        product = make_product(unit_price=Decimal(price))

        content = api_client.get(f"{URL}{product.id}/").content

        assert content.partition(b'"price_with_tax":')[2].partition(b",")[0].rstrip(b"0") == shown

    def test_tax_follows_the_setting(self, api_client, product, settings):
        settings.STORE_TAX_RATE = Decimal("0.0725")

        assert api_client.get(f"{URL}{product.id}/").json()["price_with_tax"] == 10.73


class TestPages:
    def test_list_is_a_page_of_ten(self, api_client, make_product):
        products = [make_product(title=f"Cup {number:02}") for number in range(25)]

        body = api_client.get(URL, {"page": 2}).json()

        assert list(body) == ["count", "next", "previous", "results"]
        assert body["count"] == 25
        assert body["next"] == "http://testserver/store/products/?page=3"
        assert body["previous"] == "http://testserver/store/products/"
        assert [row["id"] for row in body["results"]] == [row.id for row in products[10:20]]

    def test_shop_without_products_has_one_empty_page(self, api_client):
        assert api_client.get(URL).json() == {
            "count": 0,
            "next": None,
            "previous": None,
            "results": [],
        }

    def test_page_size_is_at_most_100_and_junk_is_ignored(self, api_client, make_product, subtests):
        for _ in range(101):
            make_product()

        for page_size, shown in [("1", 1), ("100", 100), ("101", 100), ("9" * 20, 100)] + [
            (junk, 10) for junk in ("0", "9" * 5000, "-5", "abc", "", "1.5", "\0")
        ]:
            with subtests.test(page_size=page_size, shown=shown):
                response = api_client.get(URL, {"page_size": page_size})

                assert response.status_code == 200
                assert len(response.json()["results"]) == shown

    def test_page_that_does_not_exist_is_not_found(self, api_client, product, subtests):
        for page in ["0", "-1", "2", "abc", "1.5", "\0", "9" * 20, "9" * 5000]:
            with subtests.test(page=page):
                response = api_client.get(URL, {"page": page})

                assert response.status_code == 404
                assert response.json() == INVALID_PAGE

    def test_empty_page_is_the_first(self, api_client, product):
        assert api_client.get(URL, {"page": ""}).json()["count"] == 1

    @pytest.mark.parametrize("ordering", ["", "title", "-title", "unit_price", "-unit_price"])
    def test_pages_never_overlap_where_keys_are_equal(self, api_client, make_product, ordering):
        ids = [make_product(title="Cup").id for _ in range(23)]
        seen = []
        url = f"{URL}?page_size=5&ordering={ordering}"
        while url:
            body = api_client.get(url).json()
            seen += [row["id"] for row in body["results"]]
            url = body["next"]

        assert seen == (ids[::-1] if ordering.startswith("-") else ids)


class TestOrder:
    @pytest.fixture(autouse=True)
    def _products(self, make_product):
        for title, price, day in [("Jug", 3, 1), ("Bowl", 1, 3), ("Cup", 2, 2), ("Bowl", 4, 4)]:
            made = make_product(title=title, unit_price=price, description=f"{title} {price}")
            Product.objects.filter(pk=made.pk).update(last_update=f"2026-01-0{day}T00:00:00Z")

    def test_list_comes_in_the_order_asked_for(self, api_client, subtests):
        for ordering, prices in [
            (None, [1, 4, 2, 3]),
            ("title", [1, 4, 2, 3]),
            ("-title", [3, 2, 4, 1]),
            ("unit_price", [1, 2, 3, 4]),
            ("-unit_price", [4, 3, 2, 1]),
            ("last_update", [3, 2, 1, 4]),
            ("-last_update", [4, 1, 2, 3]),
            ("title,-unit_price", [4, 1, 2, 3]),
            ("title,-title", [1, 4, 2, 3]),
            (",".join(["-unit_price"] * 3000), [4, 3, 2, 1]),
        ]:
            with subtests.test(ordering=ordering, prices=prices):
                response = api_client.get(URL, {"ordering": ordering} if ordering else {})

                assert [row["unit_price"] for row in response.json()["results"]] == prices

    def test_unknown_ordering_is_the_usual_one(self, api_client, subtests):
        for ordering in ["nope", "collection__title", "--title", "", ",", "\0"]:
            with subtests.test(ordering=ordering):
                assert titles(api_client.get(URL, {"ordering": ordering})) == [
                    "Bowl",
                    "Bowl",
                    "Cup",
                    "Jug",
                ]


class TestWrite:
    def test_staff_create_a_product(self, api_client, authenticate, fields):
        authenticate(is_staff=True)

        response = api_client.post(URL, fields)

        assert response.status_code == 201
        made = Product.objects.get()
        prices = {"price_with_tax": 21.45, "price": 19.5, "final_price": 21.45, "promotion": None}
        expected = {**fields, **prices, "id": made.id, "images": [], "tags": [], "rating_count": 0}
        assert response.json() == {
            **expected,
            "currency": "USD",
            "rating_average": None,
            "last_update": response.json()["last_update"],
            "is_published": True,
            "low_stock_threshold": None,
        }

    def test_description_is_optional_and_a_slug_may_repeat(self, api_client, authenticate, fields):
        authenticate(is_staff=True)
        api_client.post(URL, fields)
        del fields["description"], fields["sku"]

        assert api_client.post(URL, fields).json()["description"] is None
        assert Product.objects.filter(slug="kettle").count() == 2

    def test_staff_replace_a_product(self, api_client, authenticate, fields, product):
        authenticate(is_staff=True)

        response = api_client.put(f"{URL}{product.id}/", fields)

        assert response.status_code == 200
        prices = {"price_with_tax": 21.45, "price": 19.5, "promotion": None}
        expected = {**fields, **prices, "id": product.id, "images": []}
        assert expected.items() <= response.json().items()
        assert response.json() == api_client.get(f"{URL}{product.id}/").json()

    def test_staff_change_one_field(self, api_client, authenticate, product):
        authenticate(is_staff=True)
        before = api_client.get(f"{URL}{product.id}/").json()

        response = api_client.patch(f"{URL}{product.id}/", {"inventory": 0, "id": 99})

        assert response.status_code == 200
        changed = {"inventory": 0, "last_update": response.json()["last_update"]}
        assert response.json() == {**before, **changed}
        assert changed["last_update"] > before["last_update"]

    def test_staff_delete_a_product_once(self, api_client, authenticate, product):
        authenticate(is_staff=True)

        assert api_client.delete(f"{URL}{product.id}/").status_code == 204
        assert api_client.delete(f"{URL}{product.id}/").status_code == 404
        assert not Product.objects.exists()

    def test_ordered_product_is_not_deleted(self, api_client, sign_in, product):
        order = baker.make(Order, customer=sign_in(is_staff=True).customer)
        baker.make(OrderItem, order=order, product=product, quantity=1, unit_price=10)

        response = api_client.delete(f"{URL}{product.id}/")

        assert response.status_code == 405
        assert response.json()["error"] == (
            "Product cannot be deleted because it is associated with an order item."
        )
        assert Product.objects.filter(pk=product.pk).exists()

    def test_list_takes_no_other_method(self, api_client, authenticate):
        authenticate(is_staff=True)

        response = api_client.delete(URL)

        assert response.status_code == 405
        assert response["Allow"] == "GET, POST, HEAD, OPTIONS"


class TestRights:
    @pytest.mark.parametrize(
        ("user", "status"), [(None, 401), ({}, 403), (get_user_model()(), 403)], ids=str
    )
    def test_only_staff_write(self, api_client, fields, product, user, status, subtests):
        api_client.force_authenticate(user=user)
        before = Product.objects.values().get()

        for method in ["post", "put", "patch", "delete"]:
            with subtests.test(method=method):
                url = URL if method == "post" else f"{URL}{product.id}/"
                response = getattr(api_client, method)(url, fields)

                assert response.status_code == status
                assert list(response.json()) == ["detail"]
                assert Product.objects.values().get() == before

    def test_bad_token_is_refused_on_a_public_list(self, api_client):
        response = api_client.get(URL, headers={"Authorization": "JWT nonsense"})

        assert response.status_code == 401
