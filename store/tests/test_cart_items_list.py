import pytest

from store.models import Cart, CartItem, Product
from store.services.orders import place_order

from .bodies import line_product

pytestmark = pytest.mark.django_db


def items_url(cart_id):
    return f"/store/carts/{cart_id}/items/"


class TestList:
    def test_shows_the_items_in_the_order_they_came(self, api_client, item, make_product):
        cup = make_product(title="Cup", unit_price="2.50")
        second = item.cart.items.create(product=cup, quantity=4)

        response = api_client.get(items_url(item.cart_id))

        assert response.status_code == 200
        assert response.json() == [
            {
                "id": item.id,
                "product": line_product(item.product, title="Teapot", unit_price=10),
                "quantity": 2,
                "price": 10,
                "promotion": None,
                "total_price": 20,
                "available": 10,
                "insufficient_stock": False,
            },
            {
                "id": second.id,
                "product": line_product(cup, title="Cup", unit_price=2.5),
                "quantity": 4,
                "price": 2.5,
                "promotion": None,
                "total_price": 10,
                "available": 10,
                "insufficient_stock": False,
            },
        ]

    def test_an_empty_cart_has_an_empty_list(self, api_client, cart):
        assert api_client.get(items_url(cart.id)).json() == []

    def test_a_missing_cart_is_not_found(self, api_client, subtests):
        for missing in ["abc", "1", "%00", "1b671a64-40d5-491e-99b0-da01ff1f3341"]:
            with subtests.test(missing=missing):
                response = api_client.get(items_url(missing))

                assert response.status_code == 404
                assert response["Content-Type"] == "application/json"
                assert set(response.json()) == {"detail"}

    @pytest.mark.parametrize("rows", [1, 10, 100])
    def test_costs_four_queries_however_long(
        self, api_client, cart, make_product, django_assert_num_queries, rows
    ):
        CartItem.objects.bulk_create(
            CartItem(cart=cart, product=make_product(), quantity=1) for _ in range(rows)
        )

        # The cart, the items with their products, the promotions, the pictures.
        with django_assert_num_queries(4):
            response = api_client.get(items_url(cart.id))

        assert len(response.json()) == rows
        assert "Link" not in response

    def test_the_hundred_and_first_is_behind_the_link(self, api_client, cart, make_product):
        CartItem.objects.bulk_create(
            CartItem(cart=cart, product=make_product(), quantity=1) for _ in range(101)
        )
        url = f"http://testserver{items_url(cart.id)}"

        response = api_client.get(url)
        rest = api_client.get(f"{url}?page=2")

        assert response["Link"] == f'<{url}?page=2>; rel="next"'
        assert [len(response.json()), len(rest.json())] == [100, 1]


class TestStock:
    """An item tells whether the stock still covers it."""

    @pytest.mark.parametrize(
        ("inventory", "insufficient"), [(3, False), (2, False), (1, True), (0, True)]
    )
    def test_a_piece_too_few_is_flagged(self, api_client, item, inventory, insufficient):
        Product.objects.update(inventory=inventory)

        (shown,) = api_client.get(items_url(item.cart_id)).json()

        assert (shown["quantity"], shown["available"]) == (2, inventory)
        assert shown["insufficient_stock"] is insufficient

    def test_pieces_that_another_order_took_are_missed(self, api_client, item, customer):
        other = Cart.objects.create()
        other.items.create(product=item.product, quantity=9)
        place_order(cart_id=other.pk, user_id=customer.user_id)

        (shown,) = api_client.get(f"/store/carts/{item.cart_id}/").json()["items"]

        assert (shown["available"], shown["insufficient_stock"]) == (1, True)
