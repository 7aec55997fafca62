from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection

from store.fulltext.plans import finds_at_once
from store.models import Cart, Order, Payment, Product, Promotion, Version
from store.models.versions import ASSORTMENT, CATALOG
from store.services.carts import claim_cart
from store.services.orders import place_order

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def rows(table, *columns):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")
        return cursor.fetchall()


@pytest.mark.django_db(transaction=True)
def test_prices_and_statuses_go_and_come_again_with_rows_there(item, customer, make_promotion):
    make_promotion(item.product, starts_at=NOON, memberships="BG", discount=0.5)
    other = Cart.objects.create()
    place_order(cart_id=item.cart_id, user_id=customer.user_id, idempotency_key="key")
    claim_cart(cart_id=other.pk, user_id=customer.user_id)
    Payment.objects.create(order=Order.objects.get(), gateway="Test", amount=11)
    Order.objects.update(payment_status="C", stage="shipped")

    try:
        call_command("migrate", "store", "0004", verbosity=0)
        before = rows("store_promotion", "discount"), rows("store_order", "payment_status")
        lines = rows("store_orderitem", "quantity", "unit_price")
    finally:
        # Those of other apps too, which stand on the shop's.
        call_command("migrate", verbosity=0)

    assert list(map(list, before)) == [[(0.5,)], [("C",)]]
    assert [(quantity, float(price)) for quantity, price in lines] == [(2, 5)]
    order, promotion = Order.objects.get(), Promotion.objects.get()
    assert (order.payment_status, order.status) == ("C", "paid")
    assert (order.total, order.items.get().list_price) == (10, None)
    assert (promotion.starts_at, promotion.memberships) == (None, "")
    assert Cart.objects.get().user is None
    assert not Payment.objects.exists()
    assert {*Version.objects.values_list("scope", flat=True)} >= {ASSORTMENT, CATALOG}


@pytest.mark.django_db(transaction=True)
def test_stock_and_amounts_are_widened_and_narrowed_with_rows_there(item, customer):
    place_order(cart_id=item.cart_id, user_id=customer.user_id)
    Payment.objects.create(order=Order.objects.get(), gateway="Test", amount="999999999999.99")

    try:
        call_command("migrate", "store", "0007", verbosity=0)
        before = rows("store_product", "inventory", "unit_price")
    finally:
        # Those of other apps too, which stand on the shop's.
        call_command("migrate", verbosity=0)

    assert [(stock, float(price)) for stock, price in before] == [(8, 10)]
    line, product = Order.objects.get().items.get(), Product.objects.get()
    assert (line.unit_price, line.list_price, line.tax) == (10, 10, 2)
    assert Payment.objects.get().amount == Decimal("999999999999.99")
    # What a database derives from a product follows it still.
    product.title, product.inventory = "Samovar", 2**40
    product.save()
    assert Product.objects.get().inventory == 2**40
    if finds_at_once():
        assert [*Product.objects.matching(["sam"])] == [product]
        assert not Product.objects.matching(["teapot"])
