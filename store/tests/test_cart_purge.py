from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from store import tasks
from store.exceptions import CartNotFound
from store.models import Cart, CartItem, Order
from store.services import carts
from store.services.carts import claim_cart
from store.services.orders import place_order


def make_old(*rows, days=31):
    Cart.objects.filter(pk__in=[cart.pk for cart in rows]).update(
        touched_at=timezone.now() - timedelta(days=days)
    )


@pytest.mark.django_db
class TestPurge:
    def test_deletes_old_carts_with_their_items(self, item, monkeypatch):
        monkeypatch.setattr(carts, "PURGED_AT_ONCE", 2)
        make_old(item.cart, *(Cart.objects.create() for _ in range(4)))
        young = Cart.objects.create()

        tasks.purge_carts()

        assert Cart.objects.get() == young
        assert not CartItem.objects.exists()

    def test_keeps_a_cart_for_the_days_that_are_set(self, cart, settings):
        make_old(cart, days=10)

        settings.STORE_CART_LIFETIME = 11
        tasks.purge_carts()
        assert Cart.objects.exists()

        settings.STORE_CART_LIFETIME = 9
        tasks.purge_carts()
        assert not Cart.objects.exists()

    @pytest.mark.parametrize("method", ["post", "patch", "delete"])
    def test_keeps_an_old_cart_that_somebody_uses(self, api_client, item, method):
        Cart.objects.update(created_at=timezone.now() - timedelta(days=99))
        make_old(item.cart, days=29)
        items = f"/store/carts/{item.cart_id}/items/"
        body = {"product_id": item.product_id, "quantity": 1}

        response = getattr(api_client, method)(
            items if method == "post" else f"{items}{item.pk}/", body, format="json"
        )
        Cart.objects.filter(touched_at__lt=timezone.now() - timedelta(days=28)).delete()
        tasks.purge_carts()

        assert response.status_code in (200, 201, 204)
        assert Cart.objects.get() == item.cart

    def test_takes_a_claimed_cart_too(self, item, customer):
        claim_cart(cart_id=item.cart_id, user_id=customer.user_id)
        make_old(item.cart)

        tasks.purge_carts()

        assert not Cart.objects.exists()

    def test_a_claim_is_a_use(self, item, customer):
        make_old(item.cart)
        claim_cart(cart_id=item.cart_id, user_id=customer.user_id)

        tasks.purge_carts()

        assert Cart.objects.get() == item.cart

    def test_reading_is_no_use(self, api_client, item):
        make_old(item.cart)
        api_client.get(f"/store/carts/{item.cart_id}/")

        tasks.purge_carts()

        assert not Cart.objects.exists()

    def test_leaves_a_cart_that_became_an_order_meanwhile(self, item, customer):
        make_old(item.cart)
        place_order(cart_id=item.cart_id, user_id=customer.user_id)

        tasks.purge_carts()

        assert Order.objects.get().items.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_cart_is_purged_or_ordered_never_half(make_product, customer):
    product = make_product(inventory=40)
    rows = Cart.objects.bulk_create(Cart() for _ in range(40))
    CartItem.objects.bulk_create(CartItem(cart=cart, product=product, quantity=1) for cart in rows)
    make_old(*rows)
    start = Barrier(5)

    def work(number):
        try:
            start.wait(30)
            if number == 4:
                return tasks.purge_carts()
            return [ordered(cart) for cart in rows[number::4]]
        finally:
            connection.close()

    def ordered(cart):
        try:
            return place_order(cart_id=cart.pk, user_id=customer.user_id).created
        except CartNotFound:
            return False

    with ThreadPoolExecutor(5) as pool:
        placed = [done for share in pool.map(work, range(5)) for done in share or []]

    product.refresh_from_db()
    assert not Cart.objects.exists()
    assert sum(placed) == Order.objects.count() == 40 - product.inventory
    assert not Order.objects.filter(items=None).exists()
