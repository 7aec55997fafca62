"""How long an idempotency key holds, and what sets it free."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone

from store.models import Cart, IdempotencyKey, Order, Product
from store.tasks import purge_idempotency_keys

from .conftest import ORDERS, snapshot

IN_FLIGHT = {
    "detail": "A request with this Idempotency-Key is being processed; try again in a moment.",
    "code": "idempotency_key_in_flight",
}


def age_keys(**age):
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(**age))


@pytest.mark.django_db
class TestRefusedRequest:
    def test_for_want_of_stock_succeeds_later(self, sign_in, place, cart):
        sign_in()
        Product.objects.update(inventory=2)
        refused = place(cart, "a-key")
        Product.objects.update(inventory=3)

        placed = place(cart, "a-key")

        assert (refused.status_code, placed.status_code) == (409, 201)
        assert "Idempotency-Replayed" not in placed
        assert place(cart, "a-key").json() == placed.json()
        assert Product.objects.get().inventory == 0

    def test_for_a_risen_total_succeeds_later(self, sign_in, place, cart):
        sign_in()
        Product.objects.update(unit_price=11)
        refused = place(cart, "a-key", expected_total=33)
        Product.objects.update(unit_price=10)

        placed = place(cart, "a-key", expected_total=33)

        assert (refused.json()["code"], placed.status_code) == ("cart_changed", 201)

    def test_of_an_empty_cart_succeeds_later(self, sign_in, place, product):
        cart = Cart.objects.create()
        sign_in()
        refused = place(cart, "a-key")
        cart.items.create(product=product, quantity=1)

        placed = place(cart, "a-key")

        assert (refused.status_code, placed.status_code) == (400, 201)

    def test_that_cannot_be_read_leaves_no_key(self, sign_in, place, cart):
        sign_in()

        assert place(cart, "a-key", expected_total="x").status_code == 400

        assert not IdempotencyKey.objects.exists()

    def test_keeps_no_account_from_being_deleted(self, api_client, sign_in, place, cart):
        user = sign_in()
        Product.objects.update(inventory=2)
        place(cart, "a-key")

        password = {"current_password": "a-Str0ng-one"}
        response = api_client.delete("/auth/users/me/", password, format="json")

        assert response.status_code == 204
        assert not get_user_model().objects.filter(pk=user.pk).exists()
        assert not IdempotencyKey.objects.exists()

    def test_of_a_user_without_a_row_is_no_error_of_the_server(
        self, api_client, authenticate, place, cart
    ):
        authenticate(is_staff=True)
        before = snapshot()

        assert place(cart, "a-key").status_code < 500
        assert snapshot() == before


@pytest.mark.django_db
class TestPurge:
    def test_leaves_the_keys_of_a_day(self, sign_in, place, cart):
        sign_in()
        place(cart, "a-key")
        age_keys(hours=23, minutes=59)

        purge_idempotency_keys()

        assert place(cart, "a-key")["Idempotency-Replayed"] == "true"

    def test_takes_older_ones_only(self, sign_in, place, cart, make_cart):
        sign_in()
        place(cart, "old")
        age_keys(hours=24, seconds=1)
        place(make_cart(), "new")

        purge_idempotency_keys()

        order = Order.objects.first()
        assert list(IdempotencyKey.objects.values_list("order", flat=True)) == [order.pk]
        assert Order.objects.count() == 2

    def test_a_request_after_it_still_buys_nothing_twice(self, sign_in, place, cart):
        sign_in()
        order = place(cart, "a-key").json()
        age_keys(days=2)
        purge_idempotency_keys()

        response = place(cart, "a-key")

        assert (response.status_code, response.json()) == (200, order)
        assert "Idempotency-Replayed" not in response

    def test_takes_more_than_one_statement_deletes(self, sign_in, monkeypatch):
        user = sign_in()
        monkeypatch.setattr("store.services.idempotency.PURGED_AT_ONCE", 2)
        IdempotencyKey.objects.bulk_create(
            IdempotencyKey(user=user, digest=str(number)) for number in range(5)
        )
        age_keys(days=2)

        purge_idempotency_keys()

        assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db
def test_the_key_of_a_deleted_order_goes_along(api_client, sign_in, place, cart):
    ann = sign_in("ann")
    order = place(cart, "a-key").json()
    sign_in("clerk", is_staff=True)
    assert api_client.delete(f"{ORDERS}{order['id']}/").status_code == 204
    assert not IdempotencyKey.objects.exists()
    api_client.force_authenticate(ann)

    response = place(cart, "a-key")

    assert response.status_code == 400
    assert response.json()["code"] == "cart_not_found"
    assert not Order.objects.exists()


@pytest.mark.row_locks
@pytest.mark.django_db(transaction=True)
def test_a_request_whose_key_is_in_flight_is_refused_at_once(sign_in, place, cart):
    sign_in()
    Product.objects.update(inventory=2)
    place(cart, "a-key")
    Product.objects.update(inventory=3)
    before = snapshot()
    locked, free = Event(), Event()

    def hold():
        try:
            with transaction.atomic():
                IdempotencyKey.objects.select_for_update().get()
                locked.set()
                free.wait(timeout=30)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(hold)
        assert locked.wait(timeout=30)
        refused, unchanged = place(cart, "a-key"), snapshot() == before
        free.set()
        holder.result(timeout=30)

    assert (refused.status_code, refused.json()) == (409, IN_FLIGHT)
    assert unchanged
    assert place(cart, "a-key").status_code == 201
