import pytest
from django.contrib.auth import get_user_model
from model_bakery import baker

from store.models import Order, Product

pytestmark = pytest.mark.django_db

# From, to, and the stock after it: the order holds three pieces, seven are left.
MOVES = [("P", "C", 7), ("P", "F", 10), ("F", "P", 4), ("F", "C", 4)]
REFUSED = [("C", "P"), ("C", "F")]


@pytest.fixture
def order(product):
    customer = baker.make(get_user_model(), username="zoe", email="zoe@example.com").customer
    order = Order.objects.create(customer=customer)
    order.items.create(product=product, title="Teapot", quantity=3, unit_price="10.00")
    Product.objects.update(inventory=7)
    return order


@pytest.fixture
def change(api_client, authenticate, order):
    """Ask as staff for another payment status of the order, from the one given."""

    def change(body, previous="P"):
        Order.objects.update(payment_status=previous)
        authenticate(is_staff=True)
        return api_client.patch(f"/store/orders/{order.pk}/", body, format="json")

    return change


def state():
    """The order's status and the stock."""
    return Order.objects.get().payment_status, Product.objects.get().inventory


class TestChange:
    @pytest.mark.parametrize(("previous", "status", "inventory"), MOVES)
    def test_moves_along_the_table_and_the_stock_follows(self, change, previous, status, inventory):
        response = change({"payment_status": status}, previous)

        assert response.status_code == 200
        assert response.json() == {"payment_status": status}
        assert state() == (status, inventory)

    @pytest.mark.parametrize(("previous", "status"), REFUSED)
    def test_a_paid_order_stays_paid(self, change, previous, status):
        response = change({"payment_status": status}, previous)

        assert response.status_code == 409
        assert response.json() == {
            "detail": f"An order cannot go from payment status C to {status}.",
            "code": "payment_status_conflict",
        }
        assert state() == ("C", 7)

    @pytest.mark.parametrize("status", ["P", "C", "F"])
    def test_the_same_status_again_changes_nothing(self, change, status):
        response = change({"payment_status": status}, previous=status)

        assert response.status_code == 200
        assert response.json() == {"payment_status": status}
        assert state() == (status, 7)

    @pytest.mark.parametrize("status", ["P", "C"])
    def test_a_failed_order_is_taken_up_only_from_stock(self, change, order, product, status):
        Product.objects.update(inventory=2)

        response = change({"payment_status": status}, previous="F")

        assert response.status_code == 409
        assert response.json() == {
            "detail": "The stock does not cover the order.",
            "code": "insufficient_stock",
            "lines": [{"product_id": product.pk, "requested": 3, "available": 2}],
        }
        assert state() == ("F", 2)

    def test_cancelling_and_taking_up_again_is_even(self, change):
        change({"payment_status": "F"})

        response = change({"payment_status": "P"}, previous="F")

        assert response.status_code == 200
        assert state() == ("P", 7)

    def test_two_lines_of_one_product_count_together(self, change, order, product):
        order.items.create(product=product, title="Teapot", quantity=5, unit_price="9.00")

        response = change({"payment_status": "P"}, previous="F")

        assert response.json()["lines"] == [
            {"product_id": product.pk, "requested": 8, "available": 7}
        ]
        assert state() == ("F", 7)

    def test_two_lines_of_one_product_return_together(self, change, order, product):
        order.items.create(product=product, title="Teapot", quantity=5, unit_price="9.00")

        change({"payment_status": "F"})

        assert state() == ("F", 15)

    def test_a_bad_status_is_refused(self, change, subtests):
        for status in ["X", "", "p", "PC", None, 1, True, [], {}]:
            with subtests.test(status=status):
                response = change({"payment_status": status})

                assert response.status_code == 400
                assert set(response.json()) == {"payment_status"}
                assert state() == ("P", 7)

    def test_an_empty_change_is_refused(self, change):
        response = change({})

        assert response.status_code == 400
        assert response.json() == {
            "non_field_errors": ["Name at least one field to change: payment_status."]
        }
        assert state() == ("P", 7)

    def test_nothing_else_of_an_order_changes(self, change, order):
        other = baker.make(get_user_model(), username="ann", email="ann@example.com").customer

        response = change(
            {"payment_status": "C", "customer": other.pk, "placed_at": "2000-01-01", "items": []}
        )

        changed = Order.objects.get()
        assert response.json() == {"payment_status": "C"}
        assert (changed.customer, changed.placed_at) == (order.customer, order.placed_at)
        assert changed.items.get().quantity == 3

    def test_a_missing_order_is_not_found(self, api_client, authenticate, order, subtests):
        authenticate(is_staff=True)

        for missing in ["0", "999999", "9" * 30, "abc"]:
            with subtests.test(missing=missing):
                response = api_client.patch(f"/store/orders/{missing}/", {"payment_status": "C"})

                assert response.status_code == 404
                assert state() == ("P", 7)
