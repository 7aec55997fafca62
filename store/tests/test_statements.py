"""SQL that is compiled once does what the ORM does, on each database."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from django.db.models import BigIntegerField, F, IntegerField
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from store.models import (
    Cart,
    CartItem,
    Order,
    OrderItem,
    Product,
    cart_lines,
    order_lines,
    profiles,
    stock,
)
from store.models.prices import price_for
from store.models.statements import MAX_KEPT_ROWS, Slot, Write, insert

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(django_user_model: Any) -> Order:
    user = django_user_model.objects.create(username="ann", email="ann@example.com")
    return Order(customer=user.customer)


def test_columns_of_rows_are_in_the_order_of_the_model(subtests: pytest.Subtests) -> None:
    for model, columns in [
        (get_user_model(), profiles.USER),
        (Product, stock.SOLD),
        (Product, cart_lines.SHOWN),
        (Product, order_lines.PRODUCT),
        (Cart, cart_lines.CART),
        (Order, order_lines.ORDER),
        (OrderItem, order_lines.LINE),
    ]:
        with subtests.test(model=model, columns=columns):
            names = [field.attname for field in model._meta.concrete_fields]

            assert sorted(columns, key=names.index) == [*columns]


class TestInsert:
    def test_a_row_is_as_its_table_has_it(self, order: Order) -> None:
        insert([order])
        # With what the database made: the key, and the status that follows from two columns.
        stored = Order.objects.get()
        for field in Order._meta.concrete_fields:
            assert getattr(order, field.attname) == getattr(stored, field.attname)
        assert not order._state.adding

    @pytest.mark.parametrize("rows", [1, 2, MAX_KEPT_ROWS, MAX_KEPT_ROWS + 1])
    def test_each_row_gets_its_own_key(
        self, order: Order, make_product: Callable[..., Product], rows: int
    ) -> None:
        insert([order])
        products = [make_product() for _ in range(rows)]
        lines = [
            OrderItem(
                order=order,
                product=product,
                title=f"{number} %s",
                quantity=number,
                unit_price="1.50",
            )
            for number, product in enumerate(products, start=1)
        ]
        for attempt in range(2):
            with CaptureQueriesContext(connection) as queries:
                insert(lines)
            assert len([query for query in queries if "INSERT" in query["sql"]]) == 1
            stored = {line.pk: line for line in OrderItem.objects.all()}
            assert [stored[line.pk].product_id for line in lines] == [p.pk for p in products]
            assert [stored[line.pk].title for line in lines] == [line.title for line in lines]
            assert {line.unit_price for line in stored.values()} == {Decimal("1.50")}
            assert len(stored) == (attempt + 1) * rows
            for line in lines:
                line.pk = None

    def test_a_refusal_of_the_database_writes_nothing(self, product: Product) -> None:
        cart = Cart()
        insert([cart])
        items = [CartItem(cart=cart, product=product, quantity=1) for _ in range(2)]
        with pytest.raises(IntegrityError), transaction.atomic():
            insert(items)
        assert not CartItem.objects.exists()


class TestWrite:
    def test_updates_the_rows_it_is_given(self, make_product: Callable[..., Product]) -> None:
        products = [make_product(inventory=5) for _ in range(3)]
        row = Product.objects.filter(pk=Slot("pk", BigIntegerField())).order_by()
        add = Write(row, inventory=F("inventory") + Slot("pieces", IntegerField()))
        assert add.run(pk=products[0].pk, pieces=2) == 1
        assert add.run(pk=products[2].pk, pieces=-1) == 1
        assert add.run(pk=0, pieces=7) == 0
        stock = Product.objects.order_by("pk").values_list("inventory", flat=True)
        assert [*stock] == [7, 5, 4]

    def test_deletes_the_rows_it_is_given(self) -> None:
        carts = [Cart.objects.create() for _ in range(3)]
        delete = Write(Cart.objects.filter(pk=Slot("pk", Cart._meta.pk)).order_by())
        assert delete.run(pk=carts[1].pk) == 1
        assert delete.run(pk=carts[1].pk) == 0
        assert {*Cart.objects.all()} == {carts[0], carts[2]}


@pytest.mark.parametrize("membership", [None, "B", "S", "G"])
def test_a_product_is_priced_as_a_list_of_products_prices_it(
    make_product: Callable[..., Product], make_promotion: Callable[..., Any], membership: str | None
) -> None:
    ago, ahead = (timezone.now() + timedelta(days=days) for days in (-2, 2))
    products = [make_product() for _ in range(4)]
    make_promotion(*products[:3], discount=0.1)
    make_promotion(products[0], discount=0.3, memberships="G")
    make_promotion(products[1], discount=0.2, memberships="BS")
    make_promotion(products[1], discount=0.5, starts_at=ahead)
    make_promotion(products[2], discount=0.5, starts_at=None)
    make_promotion(products[2], discount=0.6, ends_at=ago + timedelta(days=1), starts_at=ago)
    listed = [*Product.objects.priced_for(membership).order_by("pk")]
    for asked in (products, products[1:2], [products[3], products[0]]):
        price_for(asked, membership)
        for product in asked:
            same = next(other for other in listed if other.pk == product.pk)
            assert product.running_promotions == same.running_promotions
            assert product.price == same.price


def test_nothing_is_priced_without_a_query() -> None:
    with CaptureQueriesContext(connection) as queries:
        price_for([], None)
    assert len(queries) == 0
