"""GET orders/{id}/changes/: who moved an order, when and why."""

import pytest
from django.contrib.auth import get_user_model

from store.models import IdempotencyKey, Order, OrderStatusChange, Payment

from .conftest import ORDERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def changes(api_client):
    def changes(order_id):
        return api_client.get(f"{ORDERS}{order_id}/changes/")

    return changes


def moments():
    found = OrderStatusChange.objects.values_list("changed_at", flat=True)
    return [moment.isoformat().replace("+00:00", "Z") for moment in found]


class TestHistory:
    def test_tells_each_step_to_the_owner_and_to_staff(
        self, api_client, sign_in, place, cart, changes
    ):
        ann = sign_in("ann")
        order = place(cart).json()["id"]
        clerk = sign_in("clerk", is_staff=True)
        api_client.patch(f"{ORDERS}{order}/", {"payment_status": "C"}, format="json")
        api_client.post(f"{ORDERS}{order}/ship/", {"reason": "By train."}, format="json")
        seen = changes(order)
        api_client.force_authenticate(ann)

        own = changes(order)

        steps = [
            ("paid", "shipped", clerk.pk, "By train."),
            ("pending", "paid", clerk.pk, ""),
            (None, "pending", ann.pk, ""),
        ]
        ids = OrderStatusChange.objects.values_list("pk", flat=True)
        assert (own.status_code, own.json()) == (seen.status_code, seen.json())
        assert own.json() == [
            {
                "id": pk,
                "from_status": old,
                "to_status": new,
                "changed_by": who,
                "changed_at": moment,
                "reason": why,
            }
            for pk, (old, new, who, why), moment in zip(ids, steps, moments(), strict=True)
        ]

    def test_of_what_happened_at_one_moment_the_last_comes_first(
        self, sign_in, make_order, changes
    ):
        order = make_order(sign_in().customer)
        for status in ("pending", "paid", "shipped"):
            order.status_changes.create(to_status=status)
        OrderStatusChange.objects.update(changed_at=order.placed_at)

        steps = [step["to_status"] for step in changes(order.pk).json()]

        assert steps == ["shipped", "paid", "pending"]

    def test_is_empty_for_an_order_from_before(self, sign_in, make_order, changes):
        assert changes(make_order(sign_in().customer).pk).json() == []

    def test_outlives_the_one_who_made_a_step(self, sign_in, make_order, changes, customer):
        order = make_order(sign_in().customer)
        gone = get_user_model().objects.create(username="gone", email="gone@example.com")
        order.status_changes.create(to_status="paid", changed_by=gone)

        gone.delete()

        assert [step["changed_by"] for step in changes(order.pk).json()] == [None]

    @pytest.mark.parametrize("rows", [1, 100])
    def test_costs_two_queries_however_long(
        self, sign_in, make_order, changes, django_assert_num_queries, rows
    ):
        order = make_order(sign_in().customer)
        OrderStatusChange.objects.bulk_create(
            OrderStatusChange(order=order, to_status="paid") for _ in range(rows)
        )

        # The order, its steps.
        with django_assert_num_queries(2):
            response = changes(order.pk)

        assert len(response.json()) == rows


class TestWhoMay:
    def test_a_stranger_is_asked_to_sign_in(self, make_order, customer, changes):
        assert changes(make_order(customer).pk).status_code == 401

    def test_another_customer_finds_nothing(self, sign_in, make_order, customer, changes):
        order = make_order(customer)
        sign_in()

        assert changes(order.pk).status_code == 404

    def test_unsaved_staff_may(self, authenticate, make_order, customer, changes):
        authenticate(is_staff=True)

        assert changes(make_order(customer).pk).status_code == 200

    def test_a_missing_order_is_not_found(self, authenticate, db, changes, subtests):
        authenticate(is_staff=True)

        for missing in ["0", "999999", "9" * 30, "abc", "-1"]:
            with subtests.test(missing=missing):
                assert changes(missing).status_code == 404

    def test_is_read_only(self, api_client, sign_in, make_order, subtests):
        order = make_order(sign_in(is_staff=True).customer)

        for method in ["post", "put", "patch", "delete"]:
            with subtests.test(method=method):
                response = getattr(api_client, method)(f"{ORDERS}{order.pk}/changes/")

                assert response.status_code == 405
                assert response["Allow"] == "GET, HEAD, OPTIONS"


class TestDelete:
    @pytest.mark.parametrize("cancelled", [False, True])
    def test_takes_history_and_key_along_and_leaves_payments(
        self, api_client, sign_in, place, cart, cancelled
    ):
        sign_in(is_staff=True)
        order = place(cart, "a-key").json()["id"]
        payment = Payment.objects.create(order_id=order, gateway="none", amount=33)
        if cancelled:
            api_client.post(f"{ORDERS}{order}/cancel/")

        assert api_client.delete(f"{ORDERS}{order}/").status_code == 204

        assert not Order.objects.exists()
        assert not OrderStatusChange.objects.exists()
        assert not IdempotencyKey.objects.exists()
        assert Payment.objects.values_list("pk", "order").get() == (payment.pk, None)

    @pytest.mark.parametrize("status", ["paid", "shipped", "delivered", "refunded"])
    def test_of_a_paid_one_is_refused_with_all_it_has(
        self, api_client, authenticate, make_order, customer, status
    ):
        order = make_order(customer, status)
        order.status_changes.create(to_status=status)
        authenticate(is_staff=True)

        assert api_client.delete(f"{ORDERS}{order.pk}/").status_code == 405
        assert Order.objects.get().status == status
        assert order.status_changes.count() == order.items.count() == 1
