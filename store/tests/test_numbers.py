"""How many of anything one account, or one cart, has at most: one more is refused and changes nothing."""

import pytest
from model_bakery import baker

from likes.models import LikedItem
from store.models import Address, Cart, CartItem, IdempotencyKey, Order, Review

pytestmark = pytest.mark.django_db
ADDRESS = {"street": "1 Main St", "city": "Springfield"}
REVIEW = {"name": "Ann", "description": "Good."}


@pytest.fixture(autouse=True)
def limits(settings):
    settings.STORE_CART_LINES = settings.STORE_ADDRESSES = 2
    settings.STORE_REVIEWS_PER_PRODUCT = settings.STORE_IDEMPOTENCY_KEYS = settings.LIKES = 2


def refused(response, code):
    return (response.status_code, response.json()["code"]) == (409, code)


class TestCartLines:
    @pytest.fixture
    def add(self, api_client):
        def add(cart, product):
            body = {"product_id": product.pk, "quantity": 1}
            return api_client.post(f"/store/carts/{cart.pk}/items/", body)

        return add

    def test_one_more_product_is_refused(self, add, make_product):
        cart, first = Cart.objects.create(), make_product()
        assert [add(cart, each).status_code for each in (first, make_product())] == [201, 201]
        response = add(cart, make_product())
        assert refused(response, "too_many_cart_lines")
        assert response.json()["detail"] == "A cart holds at most 2 products."
        assert cart.items.count() == 2
        # More pieces are no line more, and another cart has lines of its own.
        assert add(cart, first).status_code == 201
        assert add(Cart.objects.create(), first).status_code == 201

    def test_a_claim_brings_no_more(self, api_client, sign_in, make_product):
        own = baker.make(Cart, user=sign_in())
        guests = Cart.objects.create()
        for cart in (own, guests):
            for _ in range(2):
                CartItem.objects.create(cart=cart, product=make_product(), quantity=1)
        response = api_client.post(f"/store/carts/{guests.pk}/claim/")
        assert refused(response, "too_many_cart_lines")
        assert (own.items.count(), guests.items.count()) == (2, 2)

    def test_a_cart_of_before_is_still_ordered(self, api_client, sign_in, make_product):
        sign_in()
        cart = Cart.objects.create()
        for _ in range(3):
            CartItem.objects.create(cart=cart, product=make_product(), quantity=1)
        response = api_client.post("/store/orders/", {"cart_id": str(cart.pk)})
        assert response.status_code == 201


def test_addresses(api_client, sign_in):
    url = "/store/customers/me/addresses/"
    sign_in()
    assert [api_client.post(url, ADDRESS).status_code for _ in range(2)] == [201, 201]
    response = api_client.post(url, ADDRESS)
    assert refused(response, "too_many_addresses")
    assert Address.objects.count() == 2
    api_client.delete(f"{url}{Address.objects.first().pk}/")
    assert api_client.post(url, ADDRESS).status_code == 201


def test_reviews_of_a_product(api_client, sign_in, product, make_product):
    url = f"/store/products/{product.pk}/reviews/"
    # Those of visitors are nobody's.
    assert [api_client.post(url, REVIEW).status_code for _ in range(3)] == [201] * 3
    sign_in()
    assert [api_client.post(url, REVIEW).status_code for _ in range(2)] == [201, 201]
    assert refused(api_client.post(url, REVIEW), "too_many_reviews")
    assert Review.objects.count() == 5
    elsewhere = f"/store/products/{make_product().pk}/reviews/"
    assert api_client.post(elsewhere, REVIEW).status_code == 201


def test_idempotency_keys(api_client, sign_in, product):
    sign_in()

    def order(key):
        cart = Cart.objects.create()
        cart.items.create(product=product, quantity=1)
        body = {"cart_id": str(cart.pk)}
        return cart, api_client.post("/store/orders/", body, headers={"Idempotency-Key": key})

    (cart, first), (_, second) = order("one"), order("two")
    assert (first.status_code, second.status_code) == (201, 201)
    _, response = order("three")
    assert refused(response, "too_many_idempotency_keys")
    assert (Order.objects.count(), IdempotencyKey.objects.count()) == (2, 2)
    # A key of before is found again.
    body = {"cart_id": str(cart.pk)}
    again = api_client.post("/store/orders/", body, headers={"Idempotency-Key": "one"})
    assert (again.status_code, again.json()) == (201, first.json())


def test_likes(api_client, sign_in, make_product):
    sign_in()
    products = [make_product() for _ in range(3)]

    def like(product):
        body = {"content_type": "store.product", "object_id": product.pk}
        return api_client.post("/likes/", body)

    assert [like(product).status_code for product in products[:2]] == [201, 201]
    response = like(products[2])
    assert refused(response, "too_many_likes")
    assert response.json()["detail"] == "You like 2 things; take one like back first."
    assert LikedItem.objects.count() == 2
    assert like(products[0]).status_code == 200
