"""An order that costs nothing is paid when it is placed, or taken up again."""

import pytest
from django.urls import reverse

from outbox.models import Mail
from store.models import Order, Payment, Product
from store.services.order_status import change_order_status
from store.services.orders import write_order
from store.tests.admin.forms import order_form, steps_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def gift(product, make_promotion):
    """Make the teapot cost nothing."""
    return make_promotion(product, discount=1)


@pytest.fixture
def free_order(customer, product, gift):
    order = Order(customer=customer)
    write_order(order=order, quantities={product.pk: 3})
    return order


class TestPlacing:
    def test_is_paid_at_once(self, api_client, sign_in, place, cart, gift):
        user = sign_in()

        placed = place(cart, expected_total=0)

        body = placed.json()
        assert (placed.status_code, body["total"]) == (201, 0)
        assert (body["payment_status"], body["status"]) == ("C", "paid")
        order = Order.objects.get()
        assert api_client.get(f"/store/orders/{order.pk}/").json() == body
        assert steps_of(order) == [(None, "pending", user.pk), ("pending", "paid", None)]
        assert order.status_changes.first().reason == "There was nothing to pay."
        assert Product.objects.get().inventory == 7
        subjects = [f"Your order {order.pk}", f"Your order {order.pk} is paid"]
        assert [mail.subject for mail in Mail.objects.order_by("pk")] == subjects

    def test_takes_no_payment_and_is_not_deleted(self, api_client, sign_in, place, cart, gift):
        sign_in(is_staff=True)
        url = f"/store/orders/{place(cart).json()['id']}/"

        started, deleted = api_client.post(f"{url}payments/"), api_client.delete(url)

        assert (started.status_code, started.json()["code"]) == (409, "order_not_payable")
        assert deleted.status_code == 405
        assert not Payment.objects.exists()

    def test_one_cent_is_to_be_paid(self, sign_in, place, cart, product, make_promotion):
        Product.objects.update(unit_price=1)
        make_promotion(product, discount=0.99)
        sign_in()

        body = place(cart).json()

        assert (body["total"], body["payment_status"]) == (0.03, "P")

    @pytest.mark.parametrize("payment_status", ["P", "C"])
    def test_in_the_admin(self, admin_client, customer, product, gift, payment_status):
        form = order_form(customer, (product, 2)) | {"payment_status": payment_status}

        admin_client.post(reverse("admin:store_order_add"), form)

        order = Order.objects.get()
        assert (order.status, order.total) == ("paid", 0)
        assert [step[:2] for step in steps_of(order)] == [(None, "pending"), ("pending", "paid")]


class TestTakingUpAgain:
    def test_is_paid_at_once(self, api_client, sign_in, free_order):
        sign_in(is_staff=True)
        change_order_status(order=free_order, status="cancelled")
        assert "What you paid" not in Mail.objects.latest("pk").text

        url = f"/store/orders/{free_order.pk}/"
        response = api_client.patch(url, {"payment_status": "P"})

        assert response.json() == {"payment_status": "C"}
        assert [step[1] for step in steps_of(free_order)] == [
            *("pending", "paid", "cancelled", "pending", "paid")
        ]
        assert Product.objects.get().inventory == 7
