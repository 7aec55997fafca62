from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.utils.dateparse import parse_datetime
from model_bakery import baker

from store.models import Cart, CartItem, Customer, Order, OrderItem, Product

from .bodies import line_product

pytestmark = pytest.mark.django_db

ORDERS = "/store/orders/"
NO_CART = {"cart_id": ["No cart with the given ID was found."], "code": "cart_not_found"}
EMPTY = {"cart_id": ["The cart is empty."], "code": "empty_cart"}


@pytest.fixture
def cart(product):
    """Three teapots, of ten in stock."""
    cart = Cart.objects.create()
    cart.items.create(product=product, quantity=3)
    return cart


def place(api_client, cart_id):
    return api_client.post(ORDERS, {"cart_id": str(cart_id)}, format="json")


def stock():
    return list(Product.objects.order_by("pk").values_list("inventory", flat=True))


class TestPlace:
    def test_answers_with_the_order(self, api_client, sign_in, cart, product):
        user = sign_in()

        response = place(api_client, cart.id)

        order = Order.objects.get()
        assert response.status_code == 201
        assert response.json() == {
            "id": order.pk,
            "customer": user.customer.pk,
            "placed_at": order.placed_at.isoformat().replace("+00:00", "Z"),
            "payment_status": "P",
            "status": "pending",
            "shipping_address": None,
            "carrier": "",
            "tracking_number": "",
            "tracking_url": None,
            "items": [
                {
                    "id": order.items.get().pk,
                    "product": line_product(product, title="Teapot", unit_price=10),
                    "title": "Teapot",
                    "list_price": 10,
                    "promotion": None,
                    "unit_price": 10,
                    "quantity": 3,
                    "total_price": 30,
                    "tax": 3,
                }
            ],
            "subtotal": 30,
            "tax": 3,
            "total": 33,
        }
        assert parse_datetime(response.json()["placed_at"]) == order.placed_at

    def test_lowers_the_stock_and_takes_the_cart(self, api_client, sign_in, cart, make_product):
        cart.items.create(product=make_product(inventory=5), quantity=5)
        make_product(inventory=8)
        sign_in()

        place(api_client, cart.id)

        assert stock() == [7, 0, 8]
        assert not Cart.objects.exists()
        assert not CartItem.objects.exists()

    def test_lists_the_lines_in_product_order(self, api_client, sign_in, make_product):
        first, second = make_product(), make_product()
        cart = Cart.objects.create()
        cart.items.create(product=second, quantity=1)
        cart.items.create(product=first, quantity=2)
        sign_in()

        lines = place(api_client, cart.id).json()["items"]

        assert [(line["product"]["id"], line["quantity"]) for line in lines] == [
            (first.pk, 2),
            (second.pk, 1),
        ]

    def test_leaves_other_carts(self, api_client, sign_in, cart, product):
        other = Cart.objects.create()
        other.items.create(product=product, quantity=1)
        sign_in()

        place(api_client, cart.id)

        assert list(CartItem.objects.values_list("cart", "quantity")) == [(other.pk, 1)]

    def test_the_price_is_the_products_of_that_time(self, api_client, sign_in, cart, product):
        Product.objects.update(unit_price="12.34")
        sign_in()
        order_id = place(api_client, cart.id).json()["id"]
        Product.objects.update(unit_price="99.99", title="Kettle")

        line = api_client.get(f"{ORDERS}{order_id}/").json()["items"][0]

        assert (line["title"], line["unit_price"]) == ("Teapot", 12.34)
        assert line["product"] == line_product(product, title="Kettle", unit_price=99.99)

    def test_the_client_sets_neither_price_nor_status_nor_customer(self, api_client, sign_in, cart):
        other = baker.make(get_user_model(), email="zoe@example.com").customer
        user = sign_in()
        body = {
            "cart_id": str(cart.id),
            "payment_status": "C",
            "customer": other.pk,
            "unit_price": 1,
            "items": [],
        }

        order = api_client.post(ORDERS, body, format="json").json()

        assert (order["payment_status"], order["customer"]) == ("P", user.customer.pk)
        assert [line["unit_price"] for line in order["items"]] == [10]

    def test_makes_a_missing_profile(self, api_client, sign_in, cart):
        user = sign_in()
        user.customer.delete()

        response = place(api_client, cart.id)

        made = Customer.objects.get(user=user)
        assert response.status_code == 201
        assert response.json()["customer"] == made.pk

    def test_a_stranger_is_asked_to_sign_in(self, api_client, cart):
        response = place(api_client, cart.id)

        assert response.status_code == 401
        assert stock() == [10]
        assert cart.items.get().quantity == 3

    @pytest.mark.parametrize(("lines", "queries"), [(1, 22), (10, 31)])
    def test_costs_one_query_more_per_line(
        self, api_client, sign_in, make_product, django_assert_num_queries, lines, queries
    ):
        cart = Cart.objects.create()
        for quantity in range(1, lines + 1):
            cart.items.create(product=make_product(), quantity=quantity)
        sign_in()

        # Four of them are the savepoints and releases of two transactions within the test's own, one reads
        # the promotions, one writes the history, one reads the pictures for the response, and two ask which
        # webhooks are to be told: of the order, and of stock that has become low.
        with django_assert_num_queries(queries):
            response = place(api_client, cart.id)

        assert len(response.json()["items"]) == lines


class TestPlaceAgain:
    def test_the_same_user_finds_the_same_order(self, api_client, sign_in, cart):
        sign_in()
        first = place(api_client, cart.id)

        second = place(api_client, cart.id)

        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json() == second.json()
        assert Order.objects.count() == 1
        assert stock() == [7]

    def test_another_user_finds_no_cart(self, api_client, sign_in, cart):
        sign_in("ann")
        place(api_client, cart.id)
        sign_in("bob")

        response = place(api_client, cart.id)

        assert response.status_code == 400
        assert response.json() == NO_CART
        assert Order.objects.count() == 1
        assert stock() == [7]


class TestRefusal:
    def test_an_empty_cart(self, api_client, sign_in):
        cart = Cart.objects.create()
        sign_in()

        response = place(api_client, cart.id)

        assert response.status_code == 400
        assert response.json() == EMPTY
        assert Cart.objects.get() == cart
        assert not Order.objects.exists()

    def test_an_unknown_cart(self, api_client, sign_in, cart):
        sign_in()

        response = place(api_client, uuid4())

        assert response.status_code == 400
        assert response.json() == NO_CART
        assert not Order.objects.exists()

    def test_a_cart_id_that_is_none(self, api_client, sign_in, cart, subtests):
        sign_in()

        for cart_id in ["abc", "", "\x00", None, True, 1.5, -1, 2**128, 10**50, [], {}]:
            with subtests.test(cart_id=cart_id):
                response = api_client.post(ORDERS, {"cart_id": cart_id}, format="json")

                assert response.status_code == 400
                assert set(response.json()) - {"code"} == {"cart_id"}
                assert not Order.objects.exists()

    def test_no_cart_id(self, api_client, sign_in):
        sign_in()

        response = api_client.post(ORDERS, {}, format="json")

        assert response.status_code == 400
        assert response.json() == {"cart_id": ["This field is required."]}

    def test_every_short_line_at_once(self, api_client, sign_in, cart, make_product):
        short, none = make_product(inventory=4), make_product(inventory=0)
        cart.items.create(product=short, quantity=5)
        cart.items.create(product=none, quantity=1)
        sign_in()

        response = place(api_client, cart.id)

        assert response.status_code == 409
        assert response.json() == {
            "detail": "The stock does not cover the order.",
            "code": "insufficient_stock",
            "lines": [
                {"product_id": short.pk, "requested": 5, "available": 4},
                {"product_id": none.pk, "requested": 1, "available": 0},
            ],
        }

    def test_changes_nothing(self, api_client, sign_in, cart, make_product):
        cart.items.create(product=make_product(inventory=4), quantity=5)
        user = sign_in()
        user.customer.delete()

        place(api_client, cart.id)

        assert stock() == [10, 4]
        assert sorted(cart.items.values_list("quantity", flat=True)) == [3, 5]
        assert not Order.objects.exists()
        assert not OrderItem.objects.exists()
        assert not Customer.objects.exists()

    def test_the_cart_sells_once_the_stock_is_back(self, api_client, sign_in, cart):
        Product.objects.update(inventory=2)
        sign_in()
        refused = place(api_client, cart.id)
        Product.objects.update(inventory=3)

        placed = place(api_client, cart.id)

        assert (refused.status_code, placed.status_code) == (409, 201)
        assert stock() == [0]
