from uuid import uuid4

import pytest

from store.models import Cart, CartItem

pytestmark = pytest.mark.django_db

NO_PRODUCT = {
    "product_id": ["No product with the given ID was found."],
    "code": "product_not_found",
}
# As a client writes them in JSON: no piece, less than none, no number, more than the column holds.
BAD_QUANTITIES = ["0", "-1", '"x"', '""', "1.5", "true", "null", "[1]", "{}", "32768", "9" * 30]


def items_url(cart_id):
    return f"/store/carts/{cart_id}/items/"


def item_url(item):
    return f"{items_url(item.cart_id)}{item.pk}/"


def quantities():
    return list(CartItem.objects.order_by("pk").values_list("product_id", "quantity"))


@pytest.fixture
def send(api_client):
    """Send a body as it is written, so that NaN and true arrive as they are."""

    def send(method, url, body):
        return api_client.generic(method, url, body, content_type="application/json")

    return send


class TestAdd:
    def test_a_new_product_is_a_new_line(self, api_client, cart, product):
        response = api_client.post(
            items_url(cart.id), {"product_id": product.id, "quantity": 3}, format="json"
        )

        item = CartItem.objects.get()
        assert response.status_code == 201
        assert response.json() == {"id": item.id, "product_id": product.id, "quantity": 3}
        assert (item.cart, item.product, item.quantity) == (cart, product, 3)

    def test_the_same_product_adds_up(self, api_client, item):
        response = api_client.post(
            items_url(item.cart_id), {"product_id": item.product_id, "quantity": 5}, format="json"
        )

        assert response.status_code == 201
        assert response.json() == {"id": item.id, "product_id": item.product_id, "quantity": 7}
        assert quantities() == [(item.product_id, 7)]

    def test_the_same_product_in_another_cart_is_another_line(self, api_client, item, cart):
        other = Cart.objects.create()

        api_client.post(
            items_url(other.id), {"product_id": item.product_id, "quantity": 1}, format="json"
        )

        assert quantities() == [(item.product_id, 2), (item.product_id, 1)]

    def test_more_than_the_stock_is_accepted(self, api_client, cart, product):
        response = api_client.post(
            items_url(cart.id), {"product_id": product.id, "quantity": 32767}, format="json"
        )

        product.refresh_from_db()
        assert response.status_code == 201
        assert response.json()["quantity"] == 32767
        assert product.inventory == 10

    def test_adding_up_stops_at_what_a_cart_holds(self, api_client, item):
        CartItem.objects.update(quantity=32766)
        body = {"product_id": item.product_id, "quantity": 2}

        response = api_client.post(items_url(item.cart_id), body, format="json")

        assert response.status_code == 400
        assert response.json() == {
            "quantity": ["A cart holds at most 32767 pieces of one product."],
            "code": "quantity_too_large",
        }
        assert quantities() == [(item.product_id, 32766)]

    def test_a_bad_quantity_is_refused(self, send, item, subtests):
        for quantity in BAD_QUANTITIES:
            with subtests.test(quantity=quantity):
                body = f'{{"product_id": {item.product_id}, "quantity": {quantity}}}'

                response = send("POST", items_url(item.cart_id), body)

                assert response.status_code == 400
                assert set(response.json()) == {"quantity"}
                assert quantities() == [(item.product_id, 2)]

    @pytest.mark.parametrize("field", ["quantity", "product_id"])
    def test_what_is_no_json_number_is_refused(self, send, item, field, subtests):
        for number in ["NaN", "Infinity", "-Infinity", "9" * 5000]:
            with subtests.test(number=number):
                values = {"product_id": item.product_id, "quantity": 1, field: number}
                body = ", ".join(f'"{name}": {value}' for name, value in values.items())

                response = send("POST", items_url(item.cart_id), f"{{{body}}}")

                assert response.status_code == 400
                assert quantities() == [(item.product_id, 2)]

    def test_an_unknown_product_is_refused(self, api_client, cart, subtests):
        for product_id in [0, -1, 10**9, 2**31, 2**63, 10**30, -(10**30)]:
            with subtests.test(product_id=product_id):
                response = api_client.post(
                    items_url(cart.id), {"product_id": product_id, "quantity": 1}, format="json"
                )

                assert response.status_code == 400
                assert response.json() == NO_PRODUCT
                assert quantities() == []

    def test_a_product_id_that_is_none_is_refused(self, api_client, cart, subtests):
        for product_id in ["x", "", None, 1.5, True, [1], {}]:
            with subtests.test(product_id=product_id):
                response = api_client.post(
                    items_url(cart.id), {"product_id": product_id, "quantity": 1}, format="json"
                )

                assert response.status_code == 400
                assert set(response.json()) == {"product_id"}
                assert quantities() == []

    def test_both_fields_are_needed(self, api_client, cart):
        response = api_client.post(items_url(cart.id), {}, format="json")

        assert response.status_code == 400
        assert response.json() == {
            "product_id": ["This field is required."],
            "quantity": ["This field is required."],
        }

    def test_a_body_that_is_no_object_is_refused(self, send, cart, subtests):
        for body in ["[]", '"x"', "null", "1", "{"]:
            with subtests.test(body=body):
                response = send("POST", items_url(cart.id), body)

                assert response.status_code == 400
                assert quantities() == []

    @pytest.mark.parametrize("missing", ["abc", "1", "1b671a64-40d5-491e-99b0-da01ff1f3341"])
    def test_a_missing_cart_is_not_found(self, api_client, product, missing):
        response = api_client.post(
            items_url(missing), {"product_id": product.id, "quantity": 1}, format="json"
        )

        assert response.status_code == 404
        assert response["Content-Type"] == "application/json"
        assert set(response.json()) == {"detail"}
        assert quantities() == []


class TestChange:
    def test_sets_the_quantity(self, api_client, item):
        response = api_client.patch(item_url(item), {"quantity": 9}, format="json")

        assert response.status_code == 200
        assert response.json() == {"quantity": 9}
        assert quantities() == [(item.product_id, 9)]

    def test_the_product_stays(self, api_client, item, make_product):
        body = {"quantity": 1, "product_id": make_product().id, "id": 7, "cart": str(uuid4())}

        response = api_client.patch(item_url(item), body, format="json")

        assert response.json() == {"quantity": 1}
        assert list(CartItem.objects.values_list("pk", "cart", "product", "quantity")) == [
            (item.pk, item.cart_id, item.product_id, 1)
        ]

    def test_an_empty_change_is_refused(self, api_client, item):
        response = api_client.patch(item_url(item), {}, format="json")

        assert response.status_code == 400
        assert response.json() == {
            "non_field_errors": ["Name at least one field to change: quantity."]
        }
        assert quantities() == [(item.product_id, 2)]

    def test_a_bad_quantity_is_refused(self, send, item, subtests):
        for quantity in BAD_QUANTITIES:
            with subtests.test(quantity=quantity):
                response = send("PATCH", item_url(item), f'{{"quantity": {quantity}}}')

                assert response.status_code == 400
                assert set(response.json()) == {"quantity"}
                assert quantities() == [(item.product_id, 2)]

    def test_put_is_not_allowed(self, api_client, item):
        response = api_client.put(item_url(item), {"quantity": 9}, format="json")

        assert response.status_code == 405
        assert response["Allow"] == "GET, PATCH, DELETE, HEAD, OPTIONS"
        assert quantities() == [(item.product_id, 2)]


class TestRemove:
    def test_takes_one_line_out(self, api_client, item, make_product):
        other = make_product()
        item.cart.items.create(product=other, quantity=1)

        response = api_client.delete(item_url(item))

        assert response.status_code == 204
        assert response.content == b""
        assert quantities() == [(other.pk, 1)]

    def test_a_second_time_it_is_not_found(self, api_client, item):
        api_client.delete(item_url(item))

        assert api_client.delete(item_url(item)).status_code == 404


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
class TestAnothersCart:
    def test_an_item_is_not_found_under_another_cart(self, api_client, item, method):
        other = Cart.objects.create()

        response = getattr(api_client, method)(
            f"{items_url(other.id)}{item.pk}/", {"quantity": 9}, format="json"
        )

        assert response.status_code == 404
        assert quantities() == [(item.product_id, 2)]

    def test_an_unknown_item_is_not_found(self, api_client, item, method, subtests):
        for missing in ["0", "999999", "9" * 30, "abc", "-1"]:
            with subtests.test(missing=missing):
                response = getattr(api_client, method)(
                    f"{items_url(item.cart_id)}{missing}/", {"quantity": 9}, format="json"
                )

                assert response.status_code == 404
                assert response["Content-Type"] == "application/json"
                assert quantities() == [(item.product_id, 2)]
