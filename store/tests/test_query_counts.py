"""A list costs the same number of queries whether it shows few rows or a hundred."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from model_bakery import baker

from store.fulltext import postgresql
from store.models import Cart, CartItem, Collection, Product, ProductImage, Review
from tags.models import Tag, TaggedItem

pytestmark = pytest.mark.django_db
ROWS = pytest.mark.parametrize("rows", [10, 100])


@pytest.fixture
def shelf(collection, make_promotion):
    """Fill a shelf with tagged products of two pictures, promotions and a review each; return their ids."""
    tag = baker.make(Tag, label="sale")
    content_type = ContentType.objects.get_for_model(Product)

    def shelf(rows):
        products = Product.objects.bulk_create(
            Product(title="Cup", slug="cup", unit_price=2, inventory=1, collection=collection)
            for _ in range(rows)
        )
        ids = [product.pk for product in products]
        ProductImage.objects.bulk_create(
            ProductImage(product_id=pk, image=f"{pk}-{side}.png") for pk in ids for side in "ab"
        )
        for _ in "ab":
            make_promotion(*products)
        Review.objects.bulk_create(Review(product_id=pk, rating=5) for pk in ids)
        TaggedItem.objects.bulk_create(
            TaggedItem(tag=tag, content_type=content_type, object_id=pk) for pk in ids
        )
        return ids

    return shelf


@pytest.fixture
def shown(api_client):
    """Fetch a list and return how many rows it shows."""

    def shown(url):
        body = api_client.get(url).json()
        return len(body["results"] if isinstance(body, dict) else body)

    return shown


@ROWS
@pytest.mark.parametrize(
    ("query", "queries"),
    [
        # The version, the count, the page, its pictures, ratings, tags and promotions; a collection is
        # looked up first, and what changes without a version needs none.
        ("", 7),
        ("&ordering=-unit_price", 7),
        ("&search=cup", 7),
        ("&in_stock=true&price_min=1&rating_min=5&tag=sale", 6),
        ("&collection_id={collection}", 8),
    ],
)
def test_products(shelf, shown, collection, django_assert_num_queries, rows, query, queries):
    shelf(rows)
    if "search=" in query and connection.vendor == "postgresql":
        # It is asked how many products it expects, and told within a savepoint to read its index alone.
        queries += 5
        # That there is an index of parts, it is asked once in a process.
        assert postgresql.finds_parts(connection.alias)

    with django_assert_num_queries(queries):
        url = f"/store/products/?page_size=100{query}".format(collection=collection.id)
        assert shown(url) == rows


@ROWS
def test_products_are_counted_once(shelf, shown, sign_in, django_assert_num_queries, rows):
    sign_in()
    shelf(rows)

    # The membership, the version, the page, its pictures, ratings, tags and promotions; the first time
    # the count.
    for queries in (8, 7):
        with django_assert_num_queries(queries):
            assert shown("/store/products/?page_size=100") == rows


@ROWS
def test_collections(shown, django_assert_num_queries, rows):
    baker.make(Collection, _quantity=rows)

    with django_assert_num_queries(1):
        assert shown("/store/collections/") == rows


@ROWS
@pytest.mark.parametrize("name", ["reviews", "images"])
def test_lists_of_a_product(shown, product, django_assert_num_queries, rows, name):
    model = {"reviews": Review, "images": ProductImage}[name]
    model.objects.bulk_create(model(product=product) for _ in range(rows))

    # The product, then its rows.
    with django_assert_num_queries(2):
        assert shown(f"/store/products/{product.id}/{name}/") == rows


def test_one_product(api_client, shelf, django_assert_num_queries):
    (product_id,) = shelf(1)

    # The product, its pictures, its ratings, its tags, its promotions.
    with django_assert_num_queries(5):
        assert len(api_client.get(f"/store/products/{product_id}/").json()["images"]) == 2


@pytest.mark.cache
@pytest.mark.parametrize(
    "path", ["products/", "products/?search=cup", "products/{product}/", "collections/"]
)
def test_what_is_cached(api_client, shelf, django_assert_num_queries, path):
    (product_id,) = shelf(1)
    url = f"/store/{path}".format(product=product_id)
    first = api_client.get(url).json()

    # The version alone.
    with django_assert_num_queries(1):
        assert api_client.get(url).json() == first


@ROWS
@pytest.mark.parametrize("path", ["", "items/"])
def test_cart_of_a_customer(
    shelf, api_client, sign_in, cart, django_assert_num_queries, rows, path
):
    sign_in()
    CartItem.objects.bulk_create(
        CartItem(cart=cart, product_id=pk, quantity=1) for pk in shelf(rows)
    )

    # The membership, the cart, its items with their products, the promotions, the pictures.
    with django_assert_num_queries(5):
        body = api_client.get(f"/store/carts/{cart.pk}/{path}").json()

    items = body if path else body["items"]
    assert [item["price"] for item in items] == [1.6] * rows


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}], ids=["cart", "key"])
def test_an_order_that_is_sent_again(api_client, sign_in, shelf, headers):
    sign_in()
    costs = set()
    for rows in (1, 10):
        cart = Cart.objects.create()
        CartItem.objects.bulk_create(
            CartItem(cart=cart, product_id=pk, quantity=1) for pk in shelf(rows)
        )
        sent = {name: f"{value}{rows}" for name, value in headers.items()}
        first = api_client.post("/store/orders/", {"cart_id": cart.pk}, headers=sent)

        with CaptureQueriesContext(connection) as queries:
            again = api_client.post("/store/orders/", {"cart_id": cart.pk}, headers=sent)

        assert again.json() == first.json()
        assert len(again.json()["items"]) == rows
        costs.add(len(queries))

    assert len(costs) == 1
